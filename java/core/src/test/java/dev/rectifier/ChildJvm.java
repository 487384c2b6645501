package dev.rectifier;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM like this one, with options of its own, that runs a class of the tests. */
record ChildJvm(int exit, String output) {
    /** With what surefire gives its own JVM, a long class path is in the manifest of a jar. */
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    static ChildJvm run(long seconds, Class<?> main, List<String> options, Object... arguments)
            throws IOException, InterruptedException {
        return run(seconds, command(main, options, arguments));
    }

    static List<String> command(Class<?> main, List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", CLASS_PATH));
        command.add(
                "-Dorg.bytedeco.javacpp.cachedir="
                        + System.getProperty("org.bytedeco.javacpp.cachedir"));
        command.add(main.getName());
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    static ChildJvm run(long seconds, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("child-", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            return new ChildJvm(
                    process.exitValue(),
                    ended ? text : text + "not done after " + seconds + " s: " + command);
        } finally {
            Files.delete(output);
        }
    }
}
