package dev.rectifier.models;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.rectifier.DType;
import dev.rectifier.Span;
import dev.rectifier.network.ModelException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Reads tensors of ONNX, wherever their numbers are. */
final class OnnxTensors {
    private final Path path;

    OnnxTensors(Path path) {
        this.path = path;
    }

    private ModelException wrong(TensorProto tensor, String format, Object... arguments) {
        return ModelException.of(
                path,
                "tensor %s %s",
                ModelException.quote(tensor.getName()),
                String.format(Locale.ROOT, format, arguments));
    }

    OnnxValue.Constant read(TensorProto tensor) {
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        long count = 1;
        for (long n : shape) {
            if (n < 0 || n > 0 && count > Integer.MAX_VALUE / n) {
                throw wrong(tensor, "has the impossible shape %s", tensor.getDimsList());
            }
            count *= n;
        }
        if (tensor.hasSegment()) {
            throw wrong(tensor, "is in segments");
        }
        int type = tensor.getDataType();
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return new OnnxValue.Constant(type, shape, raw(tensor, external(tensor, count), count));
        }
        if (tensor.hasRawData()) {
            ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer();
            return new OnnxValue.Constant(type, shape, raw(tensor, raw, count));
        }
        int stored =
                switch (type) {
                    case DataType.FLOAT_VALUE -> tensor.getFloatDataCount();
                    case DataType.DOUBLE_VALUE -> tensor.getDoubleDataCount();
                    case DataType.INT64_VALUE -> tensor.getInt64DataCount();
                    case DataType.STRING_VALUE -> tensor.getStringDataCount();
                    default -> tensor.getInt32DataCount();
                };
        if (stored != count) {
            throw wrong(tensor, "has %d numbers, not %s", stored, tensor.getDimsList());
        }
        double[] values = new double[stored];
        for (int i = 0; i < stored; i++) {
            values[i] =
                    switch (type) {
                        case DataType.FLOAT_VALUE -> tensor.getFloatData(i);
                        case DataType.DOUBLE_VALUE -> tensor.getDoubleData(i);
                        case DataType.INT64_VALUE -> tensor.getInt64Data(i);
                        case DataType.STRING_VALUE -> 0;
                        case DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE ->
                                half(type, (short) tensor.getInt32Data(i));
                        default -> tensor.getInt32Data(i);
                    };
        }
        return new OnnxValue.Constant(type, shape, values);
    }

    private static double half(int type, short bits) {
        DType dtype = type == DataType.FLOAT16_VALUE ? DType.FLOAT16 : DType.BFLOAT16;
        return Span.of(dtype, new short[] {bits}).get(0);
    }

    private int width(TensorProto tensor) {
        return switch (tensor.getDataType()) {
            case DataType.FLOAT_VALUE, DataType.INT32_VALUE -> 4;
            case DataType.DOUBLE_VALUE, DataType.INT64_VALUE -> 8;
            case DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE -> 2;
            case DataType.BOOL_VALUE, DataType.INT8_VALUE, DataType.UINT8_VALUE -> 1;
            default ->
                    throw wrong(tensor, "has type %d, which we don't read", tensor.getDataType());
        };
    }

    private double[] raw(TensorProto tensor, ByteBuffer raw, long count) {
        int width = width(tensor);
        if (raw.remaining() != count * width) {
            throw wrong(tensor, "has %d bytes, not %d", raw.remaining(), count * width);
        }
        raw.order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (tensor.getDataType()) {
                        case DataType.FLOAT_VALUE -> raw.getFloat();
                        case DataType.DOUBLE_VALUE -> raw.getDouble();
                        case DataType.INT64_VALUE -> raw.getLong();
                        case DataType.INT32_VALUE -> raw.getInt();
                        case DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE ->
                                half(tensor.getDataType(), raw.getShort());
                        default -> raw.get();
                    };
        }
        return values;
    }

    /** The bytes in another file, which must be beside the model or below. */
    private ByteBuffer external(TensorProto tensor, long count) {
        String location = "";
        long offset = 0;
        long length = count * width(tensor);
        try {
            for (StringStringEntryProto entry : tensor.getExternalDataList()) {
                switch (entry.getKey()) {
                    case "location" -> location = entry.getValue();
                    case "offset" -> offset = Long.parseLong(entry.getValue());
                    case "length" -> {
                        if (Long.parseLong(entry.getValue()) != length) {
                            throw wrong(
                                    tensor,
                                    "has %s bytes elsewhere, not %d",
                                    ModelException.quote(entry.getValue()),
                                    length);
                        }
                    }
                    default -> {
                        // A checksum, which not all writers compute.
                    }
                }
            }
        } catch (NumberFormatException e) {
            throw wrong(tensor, "has a place elsewhere that is no number");
        }
        Path folder = path.toAbsolutePath().normalize().getParent();
        Path file;
        try {
            file = folder.resolve(location).normalize();
        } catch (InvalidPathException e) {
            throw wrong(tensor, "is in a file of an impossible name");
        }
        if (location.isEmpty() || !file.startsWith(folder) || Path.of(location).isAbsolute()) {
            throw wrong(
                    tensor,
                    "is in %s, which isn't beside the model",
                    ModelException.quote(location));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (offset < 0 || length > channel.size() || offset > channel.size() - length) {
                throw wrong(
                        tensor,
                        "is %d bytes from %d on in %s, which has %d",
                        length,
                        offset,
                        ModelException.quote(location),
                        channel.size());
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException("unexpected end");
                }
            }
            return bytes.flip();
        } catch (IOException e) {
            throw ModelException.unreadable(file, "read", e);
        }
    }
}
