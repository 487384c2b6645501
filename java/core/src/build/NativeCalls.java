import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the class NativeCalls: for each function of the C header that there is for several types,
 * a method on spans, which calls the one for their type. Arguments are the header and the directory
 * of Java sources to write to.
 */
class NativeCalls {
    /** A type by the suffix of its functions. */
    private enum Type {
        F32("FLOAT32", "floats"),
        F64("FLOAT64", "doubles"),
        BF16("BFLOAT16", "shorts"),
        F16("FLOAT16", "shorts");

        private final String dtype;
        private final String array;

        Type(String dtype, String array) {
            this.dtype = dtype;
            this.array = array;
        }
    }

    private static final Pattern FUNCTION =
            Pattern.compile(
                    "RECTIFIER_API (\\w+) (rectifier_\\w+)_(f32|f64|bf16|f16)\\(([^)]*)\\);");

    /** A parameter, or an array with the offset that follows it. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?:const )?\\w+\\* (\\w+), int64_t \\w*offset|(\\w+) (\\w+)");

    private static final Map<String, String> JAVA_TYPES =
            Map.of("void", "void", "int32_t", "int", "int64_t", "long", "double", "double");

    private record Parameter(String type, String name) {
        String passed(Type type) {
            return isSpan() ? type.array + "(" + name + "), at(" + name + ")" : name;
        }

        boolean isSpan() {
            return type.equals("Span");
        }
    }

    /** A function, and the types that there is one for. */
    private record Function(
            String name, String result, List<Parameter> parameters, List<Type> types) {
        String asJava() {
            String first =
                    parameters.stream().filter(Parameter::isSpan).findFirst().orElseThrow().name;
            StringBuilder java = new StringBuilder();
            java.append("    final %s %s(%s) {\n".formatted(result, name, declared()));
            for (Type type : types) {
                java.append("        if (%s.dtype() == DType.%s) {\n".formatted(first, type.dtype));
                java.append("            " + (result.equals("void") ? "" : "return "));
                java.append(name + "_" + type.name().toLowerCase() + "(" + passed(type) + ");\n");
                java.append(result.equals("void") ? "            return;\n" : "").append("        }\n");
            }
            java.append("        throw none(\"%s\", %s);\n    }\n".formatted(name, first));
            return java.toString();
        }

        private String declared() {
            return parameters.stream()
                    .map(parameter -> parameter.type + " " + parameter.name)
                    .collect(Collectors.joining(", "));
        }

        private String passed(Type type) {
            return parameters.stream()
                    .map(parameter -> parameter.passed(type))
                    .collect(Collectors.joining(", "));
        }
    }

    private static final String HEAD =
            """
            package dev.rectifier;

            import static dev.rectifier.binding.RectifierNative.*;

            import dev.rectifier.spi.Backend;

            /** Made of rectifier.h by %s: its functions for spans of any type that there is one for. */
            abstract class NativeCalls implements Backend {
                /** The bytes from the start of the array, or the address. */
                final long at(Span span) {
                    if (span == null) {
                        return 0;
                    }
                    return span.isHeap() ? span.offset() * span.dtype().bytes() : span.address(this);
                }

                /** The array to pin; null if the span is off-heap, where at() is all that is needed. */
                static float[] floats(Span span) {
                    return span != null && span.owner() instanceof float[] array ? array : null;
                }

                static double[] doubles(Span span) {
                    return span != null && span.owner() instanceof double[] array ? array : null;
                }

                static short[] shorts(Span span) {
                    return span != null && span.owner() instanceof short[] array ? array : null;
                }

                private static IllegalArgumentException none(String function, Span span) {
                    return new IllegalArgumentException("no " + function + " for " + span.dtype());
                }
            """;

    public static void main(String[] arguments) throws IOException {
        String header = Files.readString(Path.of(arguments[0])).replaceAll("\\s+", " ");
        Map<String, Function> functions = new LinkedHashMap<>();
        for (MatchResult match : FUNCTION.matcher(header).results().toList()) {
            Function function =
                    new Function(
                            match.group(2),
                            JAVA_TYPES.get(match.group(1)),
                            parameters(match.group(4)),
                            new ArrayList<>());
            functions
                    .computeIfAbsent(function.name, name -> function)
                    .types
                    .add(Type.valueOf(match.group(3).toUpperCase()));
        }
        String java =
                functions.values().stream()
                        .map(Function::asJava)
                        .collect(
                                Collectors.joining(
                                        "\n",
                                        HEAD.formatted(NativeCalls.class.getName()) + "\n",
                                        "}\n"));
        Path file = Path.of(arguments[1], "dev", "rectifier", "NativeCalls.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, java);
    }

    private static List<Parameter> parameters(String declared) {
        return PARAMETER
                .matcher(declared)
                .results()
                .map(
                        match ->
                                match.group(1) != null
                                        ? new Parameter("Span", match.group(1))
                                        : new Parameter(
                                                JAVA_TYPES.get(match.group(2)), match.group(3)))
                .toList();
    }
}
