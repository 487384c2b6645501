package dev.rectifier.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** Spoils valid files, and checks that readers either cope or say what is wrong and where. */
final class Damage {
    private static final int FLIPS = 1500;

    private Damage() {}

    /** A stream that gives a few bytes at a time, and can't seek nor tell what is left. */
    static InputStream trickle(byte[] content) {
        return new FilterInputStream(new ByteArrayInputStream(content)) {
            private int turn;

            @Override
            public int read(byte[] to, int from, int count) throws IOException {
                return super.read(to, from, Math.min(count, 1 + turn++ % 7));
            }

            @Override
            public int available() {
                return 0;
            }

            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Cuts the file to every shorter length, each of which must be refused. */
    static void everyTruncationIsRefused(Path file, Consumer<Path> reader) throws IOException {
        byte[] valid = Files.readAllBytes(file);
        for (int length = 0; length < valid.length; length++) {
            Files.write(file, Arrays.copyOf(valid, length));
            assertTrue(refused(file, reader), "accepted when cut to " + length + " bytes");
        }
        Files.write(file, valid);
    }

    /** Changes one to three random bytes, many times; at least one result must be refused. */
    static void flippedBytesAreReadOrRefused(Path file, Consumer<Path> reader) throws IOException {
        byte[] valid = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(20240229);
        int refusals = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] spoilt = valid.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, spoilt);
            refusals += refused(file, reader) ? 1 : 0;
        }
        Files.write(file, valid);
        assertTrue(refusals > 0, "no damage was noticed");
    }

    private static boolean refused(Path file, Consumer<Path> reader) {
        try {
            reader.accept(file);
            return false;
        } catch (DataException e) {
            String folder = file.getParent().toString();
            assertTrue(e.getMessage().startsWith(folder), e.getMessage());
            assertTrue(
                    e.getMessage()
                            .matches(
                                    "(?s).*: ((byte|line) \\d+|at least two classes|"
                                            + "corrupt zip archive: |its entry |expected x and y"
                                            + "|\\w+ is there twice).*"),
                    e.getMessage());
            return true;
        }
    }
}
