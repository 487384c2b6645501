package dev.rectifier.golden;

import dev.rectifier.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A line of a golden file: what another system computed, or what a paper's formula gives. {@code
 * make_golden.py} explains the form.
 *
 * @param presets which of our values must match it; of a paper, functions with their parameters
 * @param dtype the type of all numbers
 * @param call what was called, in the system's own words
 * @param fields the rest, by name
 */
record GoldenCase(List<String> presets, DType dtype, String call, Map<String, String> fields) {
    private static final String PAPERS = "papers";

    private static final List<String> FILES =
            List.of("torch", "keras", "jax", "tf", "onnx", "nd4j", "xu2015", PAPERS);

    /** Of a gradient that isn't known. */
    private static final String UNKNOWN = "-";

    /** All cases of all files. */
    static Stream<GoldenCase> all() {
        return FILES.stream().flatMap(GoldenCase::of);
    }

    /** The names of functions that have no preset. */
    static Stream<String> functions() {
        return of(PAPERS).flatMap(golden -> golden.presets().stream()).distinct();
    }

    private static Stream<GoldenCase> of(String file) {
        return lines(file + ".txt").map(GoldenCase::parse);
    }

    /** The lines of a resource that aren't comments. */
    static Stream<String> lines(String file) {
        try (InputStream in = GoldenCase.class.getResourceAsStream("/golden/" + file);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GoldenCase parse(String line) {
        String[] parts = line.split("\\|");
        Map<String, String> fields = new HashMap<>();
        for (int i = 3; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            fields.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return new GoldenCase(
                List.of(parts[0].split(" ")),
                DType.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                parts[2],
                fields);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    double[] numbers(String name) {
        return Arrays.stream(fields.get(name).split(" ")).mapToDouble(GoldenCase::number).toArray();
    }

    /** Whether element {@code i} of the gradient is known. */
    boolean hasGradient(int i) {
        return !fields.get("dx").split(" ")[i].equals(UNKNOWN);
    }

    private static double number(String text) {
        return text.equals(UNKNOWN) ? Double.NaN : Double.parseDouble(text);
    }

    double[] x() {
        return numbers("x");
    }

    double[] y() {
        return numbers("y");
    }

    /** The gradient from above, 1 throughout if the line has none. */
    double[] dy() {
        if (has("dy")) {
            return numbers("dy");
        }
        double[] ones = new double[y().length];
        Arrays.fill(ones, 1);
        return ones;
    }

    double[] dx() {
        return numbers("dx");
    }

    /** How far the system itself is off. */
    double ulps(String name) {
        return Double.parseDouble(fields.get(name));
    }

    long[] shape() {
        return Arrays.stream(fields.get("shape").split(" ")).mapToLong(Long::parseLong).toArray();
    }

    int axis() {
        return Integer.parseInt(fields.get("axis"));
    }

    boolean zerosAreSigned() {
        return fields.get("zeros").equals("signed");
    }

    @Override
    public String toString() {
        return presets.get(0) + " " + dtype + " " + call + ", x=" + fields.get("x");
    }
}
