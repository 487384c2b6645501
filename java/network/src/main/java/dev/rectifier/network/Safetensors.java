package dev.rectifier.network;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rectifier.DType;
import dev.rectifier.Span;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A file of named tensors: eight bytes with the length of a header, little-endian; the header, a
 * JSON object that gives each tensor its type, shape and place; the data without gaps. Texts under
 * {@code __metadata__} go with it.
 *
 * <p>A file is hostile until read: {@link #open} checks the header against the size of the file,
 * before anything is allocated by what it says. Not thread-safe.
 */
public final class Safetensors implements AutoCloseable {
    private static final String METADATA = "__metadata__";
    private static final int PIECE = 1 << 16;

    /** As in the library that the format comes from. */
    private static final int LONGEST_HEADER = 100_000_000;

    private static final Map<String, Integer> BITS =
            Map.ofEntries(
                    Map.entry("BOOL", 8),
                    Map.entry("U8", 8),
                    Map.entry("I8", 8),
                    Map.entry("F8_E4M3", 8),
                    Map.entry("F8_E5M2", 8),
                    Map.entry("I16", 16),
                    Map.entry("U16", 16),
                    Map.entry("F16", 16),
                    Map.entry("BF16", 16),
                    Map.entry("I32", 32),
                    Map.entry("U32", 32),
                    Map.entry("F32", 32),
                    Map.entry("I64", 64),
                    Map.entry("U64", 64),
                    Map.entry("F64", 64));

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /**
     * A tensor of a file.
     *
     * @param name the name
     * @param type as the file names it, such as {@code F32}
     * @param shape its dimensions
     * @param begin where its bytes begin, after the header
     * @param end where they end
     */
    public record Tensor(String name, String type, List<Long> shape, long begin, long end) {}

    private final Path path;
    private final FileChannel channel;
    private final long start;
    private final Map<String, String> metadata;
    private final Map<String, Tensor> tensors;

    private Safetensors(
            Path path,
            FileChannel channel,
            long start,
            Map<String, String> metadata,
            Map<String, Tensor> tensors) {
        this.path = path;
        this.channel = channel;
        this.start = start;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Opens a file and reads its header.
     *
     * @param path the file
     * @return the file
     * @throws ModelException if it can't be read, or is no whole and sound file of this kind
     */
    public static Safetensors open(Path path) {
        Objects.requireNonNull(path, "path");
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return open(path, channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw ModelException.unreadable(path, "read", e);
        } catch (RuntimeException | Error e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // What went wrong before says more.
        }
    }

    private static Safetensors open(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw ModelException.of(
                    path, "is no safetensors file: it has %d bytes, not even 8", size);
        }
        long length = bytes(channel, 0, Long.BYTES).getLong();
        if (length < 2 || length > size - Long.BYTES || length > LONGEST_HEADER) {
            throw ModelException.of(
                    path,
                    "the header should have %s bytes by its first 8, but the file has %d in all",
                    Long.toUnsignedString(length),
                    size);
        }
        byte[] header = bytes(channel, Long.BYTES, (int) length).array();
        long start = Long.BYTES + length;
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(header)) {
            parse(path, json, metadata, tensors);
        } catch (JsonProcessingException e) {
            throw ModelException.of(
                    path,
                    "the header is no JSON as it should be: %s",
                    e.getOriginalMessage().lines().findFirst().orElse(""));
        }
        requireNoGaps(path, tensors, size - start);
        return new Safetensors(path, channel, start, metadata, tensors);
    }

    private static void parse(
            Path path, JsonParser json, Map<String, String> metadata, Map<String, Tensor> tensors)
            throws IOException {
        require(path, json, json.nextToken(), JsonToken.START_OBJECT, "the header");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            require(
                    path,
                    json,
                    json.nextToken(),
                    JsonToken.START_OBJECT,
                    ModelException.quote(name));
            if (name.equals(METADATA)) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String key = json.currentName();
                    require(path, json, json.nextToken(), JsonToken.VALUE_STRING, "a metadata");
                    metadata.put(key, json.getText());
                }
            } else {
                tensors.put(name, tensor(path, json, name));
            }
        }
        if (json.nextToken() != null) {
            throw ModelException.of(path, "the header goes on after its JSON object");
        }
    }

    private static void require(
            Path path, JsonParser json, JsonToken token, JsonToken wanted, String what) {
        if (token != wanted) {
            throw ModelException.of(path, "%s in the header is %s, not %s", what, token, wanted);
        }
    }

    private static Tensor tensor(Path path, JsonParser json, String name) throws IOException {
        String quoted = "tensor " + ModelException.quote(name);
        String type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            switch (key) {
                case "dtype" -> {
                    require(path, json, value, JsonToken.VALUE_STRING, "dtype of " + quoted);
                    type = json.getText();
                }
                case "shape" -> shape = longs(path, json, value, "shape of " + quoted);
                case "data_offsets" -> offsets = longs(path, json, value, "place of " + quoted);
                default ->
                        throw ModelException.of(
                                path, "%s has an unknown %s", quoted, ModelException.quote(key));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw ModelException.of(path, "%s lacks dtype, shape or two data_offsets", quoted);
        }
        Integer bits = BITS.get(type);
        if (bits == null) {
            throw ModelException.of(
                    path, "%s has the unknown type %s", quoted, ModelException.quote(type));
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        long bytes = bits / Byte.SIZE;
        try {
            for (long n : shape) {
                bytes = Math.multiplyExact(bytes, n);
            }
        } catch (ArithmeticException e) {
            bytes = -1;
        }
        if (begin > end || bytes != end - begin) {
            throw ModelException.of(
                    path,
                    "%s of %s %s doesn't take the %d bytes from %d to %d",
                    quoted,
                    type,
                    shape,
                    end - begin,
                    begin,
                    end);
        }
        return new Tensor(name, type, List.copyOf(shape), begin, end);
    }

    private static List<Long> longs(Path path, JsonParser json, JsonToken token, String what)
            throws IOException {
        require(path, json, token, JsonToken.START_ARRAY, what);
        List<Long> longs = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    || json.getLongValue() < 0) {
                throw ModelException.of(
                        path, "%s has %s", what, ModelException.quote(json.getText()));
            }
            longs.add(json.getLongValue());
        }
        return longs;
    }

    private static void requireNoGaps(Path path, Map<String, Tensor> tensors, long size) {
        List<Tensor> inOrder = new ArrayList<>(tensors.values());
        inOrder.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        long at = 0;
        for (Tensor tensor : inOrder) {
            if (tensor.begin != at) {
                throw ModelException.of(
                        path,
                        "tensor %s begins at %d, %s where the one before ends, %d",
                        ModelException.quote(tensor.name),
                        tensor.begin,
                        tensor.begin < at ? "before" : "after",
                        at);
            }
            if (tensor.end > size) {
                throw ModelException.of(
                        path,
                        "tensor %s ends at %d, but there are %d bytes of data: the file is cut short",
                        ModelException.quote(tensor.name),
                        tensor.end,
                        size);
            }
            at = tensor.end;
        }
        if (at != size) {
            throw ModelException.of(
                    path, "%d bytes follow the last tensor, which ends at %d", size - at, at);
        }
    }

    /** {@return the texts that go with the tensors} */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** {@return the tensors by name, in the order of the header} */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** {@return the file} */
    public Path path() {
        return path;
    }

    /**
     * {@return the tensor of this name}
     *
     * @param name the name
     * @throws ModelException if there is none
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(Objects.requireNonNull(name, "name"));
        if (tensor == null) {
            throw ModelException.of(path, "has no tensor %s", ModelException.quote(name));
        }
        return tensor;
    }

    /**
     * {@return all elements of a tensor of floating-point numbers, of 16, 32 or 64 bits}
     *
     * @param tensor the numbers
     * @throws IllegalArgumentException if the tensor isn't one of {@link #tensors()}
     * @throws ModelException if it has another type, is too large for an array, or can't be read
     */
    public double[] doubles(Tensor tensor) {
        if (!Objects.requireNonNull(tensor, "tensor").equals(tensors.get(tensor.name))) {
            throw new IllegalArgumentException(tensor + " isn't a tensor of " + path);
        }
        boolean isFloatingPoint = List.of("F16", "BF16", "F32", "F64").contains(tensor.type);
        int width = isFloatingPoint ? BITS.get(tensor.type) / Byte.SIZE : 1;
        long count = (tensor.end - tensor.begin) / width;
        if (!isFloatingPoint || count > Integer.MAX_VALUE - 8) {
            throw ModelException.of(
                    path,
                    "tensor %s is %d bytes of %s, no array of floating-point numbers",
                    ModelException.quote(tensor.name),
                    tensor.end - tensor.begin,
                    tensor.type);
        }
        double[] values = new double[(int) count];
        short[] half = new short[1];
        Span halves = Span.of(tensor.type.equals("BF16") ? DType.BFLOAT16 : DType.FLOAT16, half);
        try {
            for (int done = 0; done < values.length; ) {
                int n = Math.min(PIECE, values.length - done);
                ByteBuffer piece =
                        bytes(channel, start + tensor.begin + (long) done * width, n * width);
                for (int i = 0; i < n; i++, done++) {
                    if (width == Short.BYTES) {
                        half[0] = piece.getShort();
                        values[done] = halves.get(0);
                    } else {
                        values[done] = width == Float.BYTES ? piece.getFloat() : piece.getDouble();
                    }
                }
            }
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        }
        return values;
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("unexpected end");
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw ModelException.unreadable(path, "closed", e);
        }
    }

    /** A tensor to write, which may be in memory of any kind. */
    record Source(String name, Span values, long... shape) {}

    /**
     * Writes a file beside the one of that name and then renames it, so that at no time there is
     * half a file. The same content gives the same bytes.
     *
     * @throws ModelException if it can't be written
     */
    static void write(Path path, Map<String, String> metadata, List<Source> tensors) {
        byte[] header = header(metadata, tensors);
        WholeFile.write(
                path,
                channel -> {
                    ByteBuffer length =
                            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    put(channel, length.putLong(header.length).flip());
                    put(channel, ByteBuffer.wrap(header));
                    for (Source tensor : tensors) {
                        write(channel, tensor.values);
                    }
                });
    }

    private static byte[] header(Map<String, String> metadata, List<Source> tensors) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long at = 0;
            for (Source tensor : tensors) {
                long end = at + tensor.values.length() * tensor.values.dtype().bytes();
                json.writeObjectFieldStart(tensor.name);
                json.writeStringField("dtype", "F" + Byte.SIZE * tensor.values.dtype().bytes());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape, 0, tensor.shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {at, end}, 0, 2);
                json.writeEndObject();
                at = end;
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new AssertionError("an array can be written to", e);
        }
        // Blanks after it, so that the data begin at a multiple of eight.
        byte[] header = bytes.toByteArray();
        byte[] padded = Arrays.copyOf(header, (header.length + 7) / 8 * 8);
        Arrays.fill(padded, header.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void write(FileChannel channel, Span values) throws IOException {
        int width = values.dtype().bytes();
        ByteBuffer piece = ByteBuffer.allocate(PIECE * width).order(ByteOrder.LITTLE_ENDIAN);
        double[] numbers = new double[PIECE];
        for (long done = 0; done < values.length(); ) {
            int n = (int) Math.min(PIECE, values.length() - done);
            Elements.read(values, (int) done, numbers, n);
            piece.clear();
            for (int i = 0; i < n; i++) {
                if (width == Float.BYTES) {
                    piece.putFloat((float) numbers[i]);
                } else {
                    piece.putDouble(numbers[i]);
                }
            }
            put(channel, piece.flip());
            done += n;
        }
    }

    private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
