package dev.rectifier.cli;

import dev.rectifier.data.SystemText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The arguments as they were given, where Java's decoding of them lost something. */
final class Arguments {
    private static final Path GIVEN = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * The same arguments with nothing lost, each a {@link SystemText}.
     *
     * @return nothing if the system can't tell them
     */
    static Optional<String[]> restore(String[] decodedByJava) {
        if (Arrays.stream(decodedByJava).noneMatch(SystemText::isLossy)) {
            return Optional.of(decodedByJava);
        }
        try {
            return restore(decodedByJava, split(Files.readAllBytes(GIVEN)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The last of what the process was started with are ours, if they look like them. */
    private static Optional<String[]> restore(String[] decodedByJava, List<byte[]> given) {
        int count = decodedByJava.length;
        if (given.size() < count) {
            return Optional.empty();
        }
        List<byte[]> ours = given.subList(given.size() - count, given.size());
        String[] restored = new String[count];
        for (int i = 0; i < count; i++) {
            if (!SystemText.javaDecodes(ours.get(i), decodedByJava[i])) {
                return Optional.empty();
            }
            restored[i] = SystemText.decode(ours.get(i));
        }
        return Optional.of(restored);
    }

    /** What ends with a zero each. */
    private static List<byte[]> split(byte[] all) {
        List<byte[]> parts = new ArrayList<>();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        for (byte b : all) {
            if (b == 0) {
                parts.add(part.toByteArray());
                part.reset();
            } else {
                part.write(b);
            }
        }
        return parts;
    }
}
