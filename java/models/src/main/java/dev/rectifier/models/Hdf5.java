package dev.rectifier.models;

import dev.rectifier.network.ModelException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads what Keras writes into HDF5 files. Whatever is wrong in one is a {@link ModelException}.
 */
final class Hdf5 implements AutoCloseable {
    /** The most that deflate packs. */
    private static final long MOST_PACKED = 1032;

    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** Those of single elements are objects. */
    private static final Set<Class<?>> NUMBERS =
            Set.of(
                    float.class,
                    double.class,
                    int.class,
                    long.class,
                    Float.class,
                    Double.class,
                    Integer.class,
                    Long.class);

    /** An array of numbers. */
    record Tensor(String name, long[] shape, double[] values, boolean isDouble) {}

    private final Path path;
    private final HdfFile file;
    private final long bytes;

    private Hdf5(Path path, HdfFile file, long bytes) {
        this.path = path;
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Opens a file of its own. What fits into an array is read at once: from a file the library
     * takes as much memory as lengths say that stand in it, from an array only what is there.
     */
    static Hdf5 open(Path path, long bytes) {
        if (bytes > LARGEST_ARRAY) {
            return checked(path, "the file", () -> new Hdf5(path, new HdfFile(path), bytes));
        }
        byte[] content;
        try {
            content = Files.readAllBytes(path);
        } catch (IOException e) {
            throw ModelException.unreadable(path, "read", e);
        }
        return checked(
                path, "the file", () -> new Hdf5(path, HdfFile.fromBytes(content), content.length));
    }

    /** Opens what is inside another file. */
    static Hdf5 of(Path path, byte[] content) {
        return checked(
                path,
                "model.weights.h5",
                () -> new Hdf5(path, HdfFile.fromBytes(content), content.length));
    }

    /** The library meets damage by exceptions of many kinds. */
    private static <T> T checked(Path path, String what, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            String message = e.getMessage() == null ? "" : ": " + e.getMessage().strip();
            throw ModelException.of(
                    path,
                    "%s can't be read as HDF5: %s%s",
                    what,
                    e.getClass().getSimpleName(),
                    message.lines().findFirst().orElse(""));
        }
    }

    Group root() {
        return file;
    }

    /** The group of this name below another, if there is one. */
    Optional<Group> group(Group in, String name) {
        return checked(
                path,
                name,
                () ->
                        in.getChildren().get(name) instanceof Group group
                                ? Optional.of(group)
                                : Optional.empty());
    }

    /** The text of an attribute. */
    Optional<String> text(Node node, String name) {
        return checked(
                path,
                name,
                () -> {
                    Attribute attribute = node.getAttribute(name);
                    return attribute == null || !(attribute.getData() instanceof String text)
                            ? Optional.empty()
                            : Optional.of(text);
                });
    }

    /**
     * The texts of an attribute, and of those that go on where it would be too long; none if it is
     * not there or has numbers, as Keras writes a list of none.
     */
    List<String> texts(Node node, String name) {
        return checked(
                path,
                name,
                () -> {
                    List<String> texts = new ArrayList<>();
                    add(texts, node.getAttribute(name));
                    for (int i = 0; node.getAttribute(name + i) != null; i++) {
                        add(texts, node.getAttribute(name + i));
                    }
                    return texts;
                });
    }

    private static void add(List<String> texts, Attribute attribute) {
        if (attribute == null || attribute.isEmpty()) {
            return;
        }
        Object data = attribute.getData();
        if (data instanceof String text) {
            texts.add(text);
        } else if (data instanceof String[] several) {
            texts.addAll(List.of(several));
        }
    }

    /** All children by name. */
    List<Node> children(Group group) {
        return checked(path, group.getName(), () -> List.copyOf(group.getChildren().values()));
    }

    /** The numbers of the dataset at a path below a group. */
    Tensor tensor(Group in, String name) {
        return checked(
                path,
                name,
                () -> {
                    Node node = in;
                    for (String part : name.split("/")) {
                        Node next =
                                node instanceof Group group ? group.getChildren().get(part) : null;
                        if (next == null) {
                            throw ModelException.of(
                                    path,
                                    "has no dataset %s in %s",
                                    ModelException.quote(name),
                                    ModelException.quote(in.getPath()));
                        }
                        node = next;
                    }
                    if (!(node instanceof Dataset dataset)) {
                        throw ModelException.of(
                                path, "%s is no dataset", ModelException.quote(node.getPath()));
                    }
                    return tensor(dataset);
                });
    }

    private Tensor tensor(Dataset dataset) {
        String name = dataset.getPath();
        long[] shape = dataset.getDimensionsAsLong();
        long size = dataset.getSize();
        if (size > LARGEST_ARRAY || size > bytes * MOST_PACKED) {
            throw ModelException.of(
                    path,
                    "%s should have %d numbers, but the file has %d bytes",
                    ModelException.quote(name),
                    size,
                    bytes);
        }
        Class<?> type = dataset.getJavaType();
        if (!NUMBERS.contains(type)) {
            throw ModelException.of(
                    path, "%s has %s, not numbers", ModelException.quote(name), type);
        }
        double[] values = new double[(int) size];
        if (size > 0) {
            Object data = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
            if (data instanceof Number number) {
                values[0] = number.doubleValue();
            } else {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Array.getDouble(data, i);
                }
            }
        }
        return new Tensor(name, shape, values, type == double.class || type == Double.class);
    }

    @Override
    public void close() {
        file.close();
    }
}
