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
 * a method on addresses, which calls the one for a type. Arguments are the header and the directory
 * of Java sources to write to.
 */
class NativeCalls {
    /** A type by the suffix of its functions. */
    private enum Type {
        F32("FLOAT32"),
        F64("FLOAT64"),
        BF16("BFLOAT16"),
        F16("FLOAT16");

        private final String dtype;

        Type(String dtype) {
            this.dtype = dtype;
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

    private record Parameter(String type, String name, boolean isAddress) {
        String passed() {
            return isAddress ? name + ", 0" : name;
        }
    }

    /** A function, and the types that there is one for. */
    private record Function(
            String name, String result, List<Parameter> parameters, List<Type> types) {
        String asJava() {
            StringBuilder java = new StringBuilder();
            java.append("    static %s %s(DType dtype, %s) {\n".formatted(result, name, declared()));
            for (Type type : types) {
                java.append("        if (dtype == DType.%s) {\n".formatted(type.dtype));
                java.append("            " + (result.equals("void") ? "" : "return "));
                java.append(name + "_" + type.name().toLowerCase() + "(" + passed() + ");\n");
                java.append(result.equals("void") ? "            return;\n" : "").append("        }\n");
            }
            java.append("        throw none(\"%s\", dtype);\n    }\n".formatted(name));
            return java.toString();
        }

        private String declared() {
            return parameters.stream()
                    .map(parameter -> parameter.type + " " + parameter.name)
                    .collect(Collectors.joining(", "));
        }

        private String passed() {
            return parameters.stream().map(Parameter::passed).collect(Collectors.joining(", "));
        }
    }

    private static final String HEAD =
            """
            package dev.rectifier.binding;

            import static dev.rectifier.binding.RectifierNative.*;

            import dev.rectifier.DType;

            /**
             * Made of rectifier.h by %s: its functions for any type that there is one for, each array
             * by its address.
             */
            final class NativeCalls {
                private NativeCalls() {}

                private static IllegalArgumentException none(String function, DType dtype) {
                    return new IllegalArgumentException("no " + function + " for " + dtype);
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
        Path file = Path.of(arguments[1], "dev", "rectifier", "binding", "NativeCalls.java");
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
                                        ? new Parameter("long", match.group(1), true)
                                        : new Parameter(
                                                JAVA_TYPES.get(match.group(2)),
                                                match.group(3),
                                                false))
                .toList();
    }
}
