package dev.rectifier.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.docs.Book.Fence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What a page shows in C, C++, CMake's language and Python is part of a program that others run.
 */
class OtherLanguagesOnPagesTest {
    private static final Map<String, String> PROGRAMS =
            Map.of(
                    "c", "native/test/install/use.c",
                    "cpp", "native/test/install/use.cpp",
                    "cmake", "native/test/install/CMakeLists.txt",
                    "python", "java/examples/python/example.py");

    private static List<Fence> fences() {
        return Book.fences(Book.ROOT.resolve("java/docs/languages.md")).stream()
                .filter(fence -> !fence.language().equals("sh"))
                .toList();
    }

    @Test
    void thePageHasEachLanguage() {
        Set<String> languages = fences().stream().map(Fence::language).collect(Collectors.toSet());
        assertEquals(PROGRAMS.keySet(), languages);
    }

    @Test
    void eachLineIsOneOfTheProgram() {
        for (Fence fence : fences()) {
            String program = Book.read(Book.ROOT.resolve(PROGRAMS.get(fence.language())));
            List<String> lines = program.lines().map(String::strip).toList();
            fence.text()
                    .lines()
                    .forEach(
                            line ->
                                    assertTrue(
                                            lines.contains(line.strip()),
                                            () -> fence + " has " + line + ", unlike its program"));
        }
    }
}
