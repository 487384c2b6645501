package dev.rectifier.cli.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Opens files that may be gzipped, which their first two bytes tell, whatever their name. */
final class Gunzip {
    private static final int BUFFER_BYTES = 1 << 16;

    private Gunzip() {}

    static InputStream open(Path path) throws IOException {
        InputStream raw = Files.newInputStream(path);
        try {
            return unwrap(raw);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** The uncompressed content, which {@link #startsWith} can look into. */
    static InputStream unwrap(InputStream raw) throws IOException {
        InputStream buffered = new BufferedInputStream(raw, BUFFER_BYTES);
        return startsWith(buffered, 0x1f, 0x8b)
                ? new BufferedInputStream(new GZIPInputStream(buffered, BUFFER_BYTES), BUFFER_BYTES)
                : buffered;
    }

    /** Compares the next two bytes, without consuming them. */
    static boolean startsWith(InputStream in, int first, int second) throws IOException {
        in.mark(2);
        boolean equal = in.read() == first && in.read() == second;
        in.reset();
        return equal;
    }
}
