package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a program loads for its first result, which is most of what that takes. A clock would tell
 * more of the machine than of the program.
 */
class StartUpTest {
    /**
     * Half as many again as there are, so that a class more needs no new limit but a habit does.
     */
    private static final int OUR_CLASSES = 60;

    /** One function of each way: in plain Java, and in the library. */
    static final class Program {
        public static void main(String[] arguments) {
            float[] x = {-1, 1};
            float[] y = new float[2];
            Elementwise.relu().forward(x, y);
            Elementwise.leakyRelu(0.5).forward(x, y);
            Elementwise.gelu().forward(x, y);
            Elementwise.gelu().backward(x, x, y);
            System.out.print(y[1] > 1 ? "done" : "wrong");
        }
    }

    /** Each takes a lambda, a stream or a search of the class path that isn't seen in its code. */
    private static final List<String> COSTLY =
            List.of(
                    "java.util.stream.",
                    "java.util.regex.",
                    "java.util.logging.",
                    "java.util.Formatter",
                    "java.util.ServiceLoader",
                    "java.util.concurrent.ForkJoin",
                    "java.nio.channels.FileChannel",
                    "dev.rectifier.ElementwiseFormulas");

    private static final Pattern LAMBDA = Pattern.compile("^dev\\.rectifier\\..*\\$\\$Lambda");

    @Test
    void aFirstResultMakesNoLambdaAndLoadsFewClasses(@TempDir Path directory) throws Exception {
        List<String> before = loadedBy(directory, Empty.class);
        List<String> loaded = loadedBy(directory, Program.class);
        // Java's own classes make some, too, on some versions.
        assertEquals(List.of(), those(loaded, name -> LAMBDA.matcher(name).find()));
        for (String costly : COSTLY) {
            List<String> more = those(loaded, name -> name.startsWith(costly));
            more.removeAll(before);
            assertEquals(List.of(), more);
        }
        List<String> ours =
                those(
                        loaded,
                        name ->
                                name.startsWith("dev.rectifier.")
                                        || name.startsWith("org.bytedeco."));
        // The library has been loaded, or the log has another form than this expects.
        assertTrue(ours.contains("dev.rectifier.binding.NativeBackend"), ours::toString);
        assertTrue(ours.size() <= OUR_CLASSES, () -> ours.size() + ": " + ours);
    }

    /** What any program loads. */
    static final class Empty {
        public static void main(String[] arguments) {
            System.out.print("done");
        }
    }

    private static List<String> those(List<String> names, Predicate<String> condition) {
        return new ArrayList<>(names.stream().filter(condition).toList());
    }

    private static List<String> loadedBy(Path directory, Class<?> program)
            throws IOException, InterruptedException {
        Path log = directory.resolve(program.getSimpleName());
        ChildJvm child =
                ChildJvm.run(60, program, List.of("-Xlog:class+load:file=" + log + ":none"));
        assertEquals("done", child.output());
        assertEquals(0, child.exit());
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.split(" ")[0]).toList();
        }
    }
}
