package dev.rectifier.cli.fuzz;

import com.sun.management.ThreadMXBean;
import dev.rectifier.Activation;
import dev.rectifier.Initializer;
import dev.rectifier.cli.Commands;
import dev.rectifier.cli.Named;
import dev.rectifier.data.DataException;
import dev.rectifier.data.DataOptions;
import dev.rectifier.data.DataSets;
import dev.rectifier.data.NpyFile;
import dev.rectifier.data.Table;
import dev.rectifier.models.ImportedNetwork;
import dev.rectifier.models.Keras;
import dev.rectifier.models.Onnx;
import dev.rectifier.models.Torch;
import dev.rectifier.network.ModelException;
import dev.rectifier.network.Network;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.ParameterException;

/**
 * A way by which bytes of others come in, with what is promised of it: it reads them, or refuses
 * them by the exception that it documents, whose message begins with the file; and it allocates no
 * more than in proportion to what it was given.
 */
enum Door {
    NPY("array.npy", 64, DataException.class, NpyFile::read, Door::data),
    NPZ("arrays.npz", Limits.PACKED, DataException.class, Door::data),
    /** The first byte is the length of the labels, which are at the end; the rest is images. */
    IDX("t10k-images-idx3-ubyte", 64, DataException.class, Door::data) {
        @Override
        void put(Path file, byte[] input) throws IOException {
            int from = Math.min(1, input.length);
            int labels = from == 0 ? 0 : Math.min(input[0] & 0xff, input.length - 1);
            int middle = input.length - labels;
            Files.write(file, Arrays.copyOfRange(input, from, middle));
            Files.write(
                    file.resolveSibling("t10k-labels-idx1-ubyte"),
                    Arrays.copyOfRange(input, middle, input.length));
        }
    },
    CSV("table.csv", 4096, DataException.class, Door::data, Door::table),
    GZIP("packed.gz", Limits.PACKED, DataException.class, NpyFile::read, Door::data),
    /** What is inside of a sound archive, for little gets past its checksum. */
    GZIPPED("packed.gz", 4096, DataException.class, NpyFile::read, Door::data) {
        @Override
        void put(Path file, byte[] input) throws IOException {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(input);
            }
            Files.write(file, packed.toByteArray());
        }
    },
    SAFETENSORS(
            "network.safetensors",
            1024,
            ModelException.class,
            file -> Network.load(file).close(),
            file -> use(Torch.read(file, List.of("fc1", "bn", "act", "fc2", "Softmax(dim=-1)")))),
    KERAS("network.keras", Limits.PACKED, ModelException.class, file -> use(Keras.read(file))),
    /** The architecture, with sound weights. */
    KERAS_JSON(
            "network.json",
            4096,
            ModelException.class,
            file -> use(Keras.read(file, models().resolve("batchnorm.h5")))),
    H5("network.h5", Limits.PACKED, ModelException.class, file -> use(Keras.read(file))),
    ONNX("network.onnx", 1024, ModelException.class, file -> use(Onnx.read(file))),
    /** A function with parameters, as options and files name it. */
    PARAMETERS(
            "text",
            4096,
            IllegalArgumentException.class,
            file -> Named.parse(text(file), Activation::of),
            file -> Named.parse(text(file), (f, values) -> Initializer.of(f, values, 0))),
    /** Words of a command line, one a line. They are parsed only: what they ask for is done. */
    COMMAND_LINE(
            "text",
            Limits.PACKED,
            ParameterException.class,
            file -> Commands.parse(text(file).split("\n", -1)));

    /** Bytes that may be allocated. */
    private static final class Limits {
        /** For each of a packed input: deflate packs 1032, which become floats that grow. */
        static final int PACKED = 16384;

        /** For any input: buffers, and what libraries keep from their first use. */
        static final long ANY = 16 << 20;
    }

    /** A reader. */
    @FunctionalInterface
    private interface Way {
        void read(Path file);
    }

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String file;
    private final int perByte;
    private final Class<? extends RuntimeException> refusal;
    private final List<Way> ways;

    Door(String file, int perByte, Class<? extends RuntimeException> refusal, Way... ways) {
        this.file = file;
        this.perByte = perByte;
        this.refusal = refusal;
        this.ways = List.of(ways);
    }

    /** Lays an input where it is read from. */
    void put(Path at, byte[] input) throws IOException {
        Files.write(at, input);
    }

    private static void data(Path file) {
        DataSets.load(file, DataOptions.DEFAULT, note -> {});
    }

    private static void table(Path file) {
        for (DataOptions.Header header : DataOptions.Header.values()) {
            Table.read(file, header, Table.labelled(Optional.of("last")), note -> {});
        }
    }

    private static void use(ImportedNetwork network) {
        network.network().close();
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path models() {
        return Path.of("../models/src/test/resources/dev/rectifier/models");
    }

    /** As on a command line. */
    String kind() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What is checked in for this door, and files of its kind that other tests have. */
    List<Path> seeds() {
        List<Path> seeds = new ArrayList<>();
        // All of a name without an ending, such as text, is that of no file.
        String ending = file.substring(Math.max(0, file.lastIndexOf('.')));
        Path own = Path.of("src/test/fuzz", kind());
        try (Stream<Path> mine = Files.isDirectory(own) ? Files.list(own) : Stream.empty();
                Stream<Path> others = Files.list(models())) {
            mine.forEach(seeds::add);
            others.filter(other -> other.toString().endsWith(ending)).forEach(seeds::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seeds;
    }

    /**
     * Reads an input in all ways.
     *
     * @param input what others may give
     * @param folder where to lay it
     * @return how many ways took it
     * @throws AssertionError if one doesn't keep the promise; what else it throws comes through
     */
    int read(byte[] input, Path folder) {
        Path at = folder.resolve(file);
        try {
            put(at, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int taken = 0;
        for (Way way : ways) {
            long most = Limits.ANY + (long) perByte * input.length;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            taken += isTaken(way, at) ? 1 : 0;
            if (THREADS.getCurrentThreadAllocatedBytes() - before <= most) {
                continue;
            }
            // Once more, for what loading classes took the first time is not the input's.
            before = THREADS.getCurrentThreadAllocatedBytes();
            isTaken(way, at);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (allocated > most) {
                throw new AssertionError(
                        "%s allocates %d bytes for an input of %d"
                                .formatted(this, allocated, input.length));
            }
        }
        return taken;
    }

    private boolean isTaken(Way way, Path at) {
        try {
            way.read(at);
            return true;
        } catch (RuntimeException e) {
            requireRefusal(e, at.getParent());
            return false;
        }
    }

    private void requireRefusal(RuntimeException e, Path folder) {
        if (!refusal.isInstance(e)) {
            throw e;
        }
        boolean ofFile = refusal == DataException.class || refusal == ModelException.class;
        String message = String.valueOf(e.getMessage());
        if (message.isBlank() || ofFile && !message.startsWith(folder.toString())) {
            throw new AssertionError(this + " says too little", e);
        }
    }
}
