package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts that are promised to be Java code are compiled and run. */
class JavaCodeTest {
    private static final double[] NUMBERS = {
        0,
        -0.0,
        1.0 / 3,
        -2.5e-7,
        1e30,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        -Double.MAX_VALUE,
        Double.MAX_VALUE,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY
    };

    private static final long[] SEEDS = {
        0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 31, Long.MIN_VALUE, Long.MAX_VALUE
    };

    @TempDir Path directory;

    private static Set<Object> values() {
        Set<Object> values = new LinkedHashSet<>();
        Activation.definitions().forEach(definition -> addAll(values, definition));
        Presets.names().forEach(name -> values.add(Presets.of(name)));
        InitializerPresets.names().forEach(name -> values.add(InitializerPresets.of(name)));
        Set<Object> initializers = new LinkedHashSet<>();
        Initializer.definitions().forEach(definition -> addAll(initializers, definition));
        for (Object initializer : initializers) {
            values.add(initializer);
            for (long seed : SEEDS) {
                values.add(((Initializer) initializer).withSeed(seed));
                values.add(((Initializer) initializer).withSeed(-seed).withStream(seed));
            }
        }
        for (Shape.Layout layout : Shape.Layout.values()) {
            for (long[] dimensions :
                    new long[][] {{}, {0}, {7}, {5_000_000_000L, 1}, {2, 1L << 40}, {1L << 60}}) {
                values.add(Shape.of(layout, dimensions));
            }
        }
        values.add(Shape.withFans(3, 5_000_000_000L, 2, 7));
        values.add(Glu.gateFirst(Elementwise.swish(-0.5)));
        values.add(MaskedSoftmax.scaled(0.125));
        values.add(MaskedSoftmax.temperature(3).withCausal(5_000_000_000L).withZeroRows());
        for (long[] shape :
                new long[][] {{}, {0, 3}, {2, 3, 4, 5, 6, 7}, {1L << 40, 1, 1L << 20}}) {
            values.add(Channels.along(new int[0], shape));
            values.add(Channels.broadcast(shape, shape));
            if (shape.length > 4) {
                values.add(Channels.along(new int[] {0, 2, 4}, shape));
            }
        }
        return values;
    }

    /** With each parameter at each number and each word that it may have. */
    private static <T> void addAll(Set<Object> values, Definition<T> definition) {
        values.add(definition.withDefaults());
        for (int i = 0; i < definition.parameters().size(); i++) {
            Parameter parameter = definition.parameters().get(i);
            List<Double> candidates = new ArrayList<>();
            for (double number : NUMBERS) {
                candidates.add(parameter.integral() ? Math.abs(number) : number);
            }
            for (int word = 0; word < parameter.constants().size(); word++) {
                candidates.add((double) word);
            }
            candidates.add(parameter.min());
            candidates.add(parameter.max());
            for (double candidate : candidates) {
                double[] parameters = definition.defaults();
                parameters[i] = candidate;
                try {
                    values.add(definition.create(parameters));
                } catch (IllegalArgumentException e) {
                    // Not legal for this parameter, or beside the others.
                }
            }
        }
    }

    @Test
    void everyTextThatIsPromisedToBeJavaCodeMakesAnEqualValue() throws Exception {
        Optional<ToolProvider> compiler = ToolProvider.findFirst("javac");
        assumeTrue(compiler.isPresent(), "this Java has no compiler");
        List<Object> values = new ArrayList<>(values());
        assertTrue(values.size() > 500, () -> values.size() + " values");
        Path source = Files.writeString(directory.resolve("Made.java"), source(values));
        String path = System.getProperty("java.class.path");
        String[] arguments = {"-d", directory.toString(), "-cp", path, source.toString()};
        assertEquals(0, compiler.get().run(System.out, System.err, arguments));
        URL[] urls = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader())) {
            Object made = loader.loadClass("Made").getConstructor().newInstance();
            List<?> again = (List<?>) ((Supplier<?>) made).get();
            for (int i = 0; i < values.size(); i++) {
                assertEquals(values.get(i), again.get(i));
            }
        }
    }

    private static String source(List<Object> values) {
        StringBuilder source = new StringBuilder("import dev.rectifier.*;\nimport java.util.*;\n");
        source.append("public class Made implements java.util.function.Supplier<List<Object>> {\n");
        source.append("    public List<Object> get() {\n");
        source.append("        List<Object> made = new ArrayList<>();\n");
        values.forEach(value -> source.append("        made.add(").append(value).append(");\n"));
        source.append("        return made;\n    }\n}\n");
        return source.toString();
    }

    @Test
    void noClassPromisesCodeThatIsNotTriedHere() throws IOException {
        Set<String> tried = new LinkedHashSet<>();
        values().forEach(value -> tried.add(value.getClass().getSimpleName() + ".java"));
        Set<String> promised = new LinkedHashSet<>();
        for (Path module : List.of(Path.of("src/main/java"), Path.of("../network/src/main/java"))) {
            try (Stream<Path> files = Files.walk(module)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    if (Files.readString(file)
                            .contains("/** Java code that makes this value. */")) {
                        promised.add(file.getFileName().toString());
                    }
                }
            }
        }
        assertTrue(promised.contains("Shape.java"), promised::toString);
        promised.removeAll(tried);
        assertEquals(Set.of(), promised);
    }
}
