package dev.rectifier.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java of its own. Its standard error goes to a file. */
record Child(Process process, Path err) {
    /** The command line of a class with a main method. */
    static List<String> command(List<String> javaOptions, Class<?> main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for less than the second compiler and the threads of G1 are worth.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(javaOptions);
        // The manifest says it for those who start the jar.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return command;
    }

    /** A command of ours. */
    static List<String> rectifier(Object... args) {
        return command(List.of(), Main.class, args);
    }

    /**
     * Lets a shell start a command, in a folder.
     *
     * @param script where {@code "$@"} stands for the command
     */
    static Child shell(Path folder, String locale, String script, List<String> command)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
        builder.environment().put("LC_ALL", locale);
        return start(builder);
    }

    /**
     * Starts a command that signals end. What a shell runs in the background ignores Ctrl-C, and so
     * do all that it starts; GNU's {@code env} undoes that.
     */
    static Child startAttentive(List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("env", "--default-signal"));
        boolean isGnu =
                new ProcessBuilder("env", "--default-signal", "true").start().waitFor() == 0;
        if (!isGnu) {
            all.clear();
        }
        all.addAll(command);
        return start(new ProcessBuilder(all));
    }

    static Child start(ProcessBuilder builder) throws IOException {
        Path err = Files.createTempFile("rectifier-child-", ".err");
        return new Child(builder.redirectError(err.toFile()).start(), err);
    }

    /** What it leaves behind; its standard output is UTF-8. */
    Outcome outcome() throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        String told = told();
        Files.delete(err);
        return new Outcome(code, out, told);
    }

    /** What it has said on standard error by now. */
    String told() throws IOException {
        return Files.readString(err);
    }

    /** Waits until it has said something. */
    void waitFor(String text) throws IOException, InterruptedException {
        while (!told().contains(text)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("ended without '" + text + "': " + told());
            }
            Thread.sleep(20);
        }
    }

    /** Sends a signal. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
}
