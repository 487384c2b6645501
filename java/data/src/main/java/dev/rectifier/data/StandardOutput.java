package dev.rectifier.data;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/** Standard output, which unlike {@link System#out} tells why it fails. */
public final class StandardOutput extends OutputStream {
    /** The only one. */
    public static final StandardOutput INSTANCE = new StandardOutput();

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private IOException failure;

    private StandardOutput() {}

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b});
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /** Does nothing, since what is printed next may be a message. */
    @Override
    public void close() {}

    /** The first failure. */
    public synchronized Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the reader had enough, as head has; nobody wants to be told. */
    public synchronized boolean readerLeft() {
        return failure != null
                && failure.getMessage() != null
                && failure.getMessage().toLowerCase(Locale.ROOT).contains("pipe");
    }
}
