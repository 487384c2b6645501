package dev.rectifier.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Reads arrays of an .npz archive, trusting nothing that it says about itself. */
final class NpzReader implements Closeable {
    private final String name;
    private final ZipFile zip;

    NpzReader(Input in) {
        name = in.name();
        SeekableByteChannel channel = in.seekable(NpyArray.MAX_ELEMENTS);
        zip = checked(() -> ZipFile.builder().setSeekableByteChannel(channel).get());
    }

    /** What the archive says to hold, of which nothing has been read. */
    List<ZipArchiveEntry> entries() {
        return Collections.list(zip.getEntries());
    }

    /** Reads an entry, which must be an array. */
    NpyArray array(ZipArchiveEntry entry, Consumer<String> notes) {
        String quoted = DataException.quote(entry.getName());
        int method = entry.getMethod();
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw DataException.of(name, "its entry %s is encrypted", quoted);
        }
        if (method != ZipArchiveEntry.STORED && method != ZipArchiveEntry.DEFLATED) {
            throw DataException.of(
                    name,
                    "its entry %s has compression method %d; %d (stored) and %d (deflated) are"
                            + " read",
                    quoted,
                    method,
                    ZipArchiveEntry.STORED,
                    ZipArchiveEntry.DEFLATED);
        }
        InputStream unchecked = checked(() -> zip.getInputStream(entry));
        CheckedInputStream content = new CheckedInputStream(unchecked, new CRC32());
        String shown = quoted.substring(1, quoted.length() - 1);
        try (Input in = Input.part(name + ": " + shown, content)) {
            NpyArray array = new NpyReader(in, notes).array();
            if (in.offset() != entry.getSize()
                    || content.getChecksum().getValue() != entry.getCrc()) {
                throw corrupt(quoted + " has another checksum or size than is said");
            }
            return array;
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw DataException.unreadable(name, e);
        }
    }

    private interface Step<T> {
        T get() throws IOException;
    }

    /** Takes a step in which the library may stumble over what an archive says. */
    private <T> T checked(Step<T> step) {
        try {
            return step.get();
        } catch (IOException e) {
            // The outermost tells of the class of the channel.
            throw corrupt(
                    DataException.reason(e.getCause() instanceof IOException cause ? cause : e));
        } catch (RuntimeException e) {
            throw corrupt(e.toString());
        }
    }

    private DataException corrupt(String why) {
        return DataException.of(name, "corrupt zip archive: %s", why);
    }
}
