package dev.rectifier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What is left in a folder. */
final class Outputs {
    private Outputs() {}

    /** Files that a listing doesn't show, such as those in the making. */
    static List<Path> hidden(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
        }
    }
}
