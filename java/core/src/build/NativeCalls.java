import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes three classes with a method for each function of the C header that there is for several
 * types, which calls the one for a type: NativeCalls by JNI, ForeignCalls by the foreign-function
 * interface, and SpanCalls by whichever of them takes spans as they are. Arguments are the header
 * and the directory of Java sources to write to.
 */
class NativeCalls {
    /** A type by the suffix of its functions. */
    private enum Type {
        F32("FLOAT32", "float"),
        F64("FLOAT64", "double"),
        BF16("BFLOAT16", "short"),
        F16("FLOAT16", "short");

        private final String dtype;
        private final String element;

        Type(String dtype, String element) {
            this.dtype = dtype;
            this.element = element;
        }
    }

    private static final Pattern FUNCTION =
            Pattern.compile(
                    "RECTIFIER_API (\\w+) (rectifier_\\w+)_(f32|f64|bf16|f16)\\(([^)]*)\\);");

    /** An array, or another parameter. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?:const )?\\w+\\* (\\w+)|(\\w+) (\\w+)");

    /** Functions that take NULL for an array, or one of another type than the rest. */
    private static final Set<String> WITH_OTHER_ARRAYS =
            Set.of(
                    "rectifier_masked_softmax",
                    "rectifier_cross_entropy",
                    "rectifier_dense_backward",
                    "rectifier_dense_packed_half");

    private static final Map<String, String> JAVA_TYPES =
            Map.of("void", "void", "int32_t", "int", "int64_t", "long", "double", "double");

    private record Parameter(String type, String name, boolean isAddress) {
        String declared() {
            return type + " " + name;
        }

        /** An array is on the heap, or null and its place is an address. */
        String declaredAsPlace() {
            return isAddress ? "Object " + name + ", long " + at() : type + " " + name;
        }

        String passedAsPlace() {
            return isAddress ? name + ", " + at() : name;
        }

        String declaredAsArray(Type type) {
            return isAddress ? type.element + "[] " + name : declared();
        }

        String passedAsArray(Type type) {
            return isAddress ? "(" + type.element + "[]) " + name : name;
        }

        String passedAsSlice(Type type) {
            return isAddress ? passedAsArray(type) + ", " + at() : name;
        }

        String declaredAsSpan() {
            return isAddress ? "Span " + name : declared();
        }

        String passedAsSpan() {
            return isAddress ? "array(" + name + "), place(" + name + ", backend)" : name;
        }

        String passedAsSpanAddress() {
            return isAddress ? name + ".address(backend)" : name;
        }

        String passedAsAddress() {
            return isAddress ? at() : name;
        }

        String at() {
            return name + "At";
        }

        String signature() {
            return isAddress
                    ? "P"
                    : type.equals("int") ? "I" : type.equals("long") ? "J" : "D";
        }
    }

    /** A function, and the types that there is one for. */
    private record Function(
            String name, String result, List<Parameter> parameters, List<Type> types) {
        String asJava() {
            StringBuilder java = new StringBuilder();
            String declared = list(parameters, Parameter::declared);
            java.append("    static %s %s(DType dtype, %s) {\n".formatted(result, name, declared));
            for (Type type : types) {
                java.append("        if (dtype == DType.%s) {\n".formatted(type.dtype));
                java.append("            " + (result.equals("void") ? "" : "return "));
                java.append(nameOf(type) + "(" + list(parameters, Parameter::name) + ");\n");
                java.append(result.equals("void") ? "            return;\n" : "").append("        }\n");
            }
            java.append("        throw none(\"%s\", dtype);\n    }\n".formatted(name));
            return java.toString();
        }

        /** Whether a call is worth a door of its own: what returns a status takes long. */
        boolean isForeign() {
            return result.equals("void") && !WITH_OTHER_ARRAYS.contains(name);
        }

        private List<String> arrays() {
            return parameters.stream()
                    .filter(Parameter::isAddress)
                    .map(Parameter::name)
                    .toList();
        }

        /**
         * Whole arrays have a method for each type, short enough for a caller who knows the type to
         * inline. All else is in one method for all types, which is too long for that: what is
         * linked is large, and would keep its callers from being inlined in theirs.
         */
        String asForeign() {
            List<Parameter> brief = parameters.subList(0, parameters.size() - 1);
            StringBuilder java = new StringBuilder();
            for (Type type : types) {
                java.append(asLinked(type)).append('\n');
                java.append(asWhole(type, brief)).append('\n');
            }
            String declared = list(brief, Parameter::declaredAsPlace);
            java.append("    static boolean %s(DType dtype, %s) {\n".formatted(name, declared));
            java.append("        try {\n");
            for (Type type : types) {
                java.append(asForeign(type, brief));
            }
            java.append("        } catch (Throwable e) {\n");
            java.append("            throw thrown(e);\n        }\n");
            java.append("        return false;\n    }\n");
            return java.toString();
        }

        private String asLinked(Type type) {
            return """
                private static final Gate %1$s_gate =
                        new Gate("dev.rectifier.binding.ForeignCalls$%1$s");

                private static final class %1$s {
                    static final MethodHandle ARRAYS =
                            Foreign.link("%1$s", "%2$s", %3$s[].class, false);
                    static final MethodHandle SLICES =
                            Foreign.link("%1$s", "%2$s", %3$s[].class, true);
                    static final MethodHandle ADDRESSES =
                            Foreign.link("%1$s", "%2$s", null, false);
                }
            """
                    .formatted(
                            nameOf(type),
                            list(parameters, Parameter::signature).replace(", ", ""),
                            type.element);
        }

        private String asWhole(Type type, List<Parameter> brief) {
            return """
                static boolean %1$s(%2$s) {
                    if (!%1$s_gate.isOpen()) {
                        return false;
                    }
                    try {
                        %1$s.ARRAYS.invokeExact(%3$s);
                        return true;
                    } catch (Throwable e) {
                        throw thrown(e);
                    }
                }
            """
                    .formatted(
                            nameOf(type),
                            list(brief, parameter -> parameter.declaredAsArray(type)),
                            list(brief, Parameter::name));
        }

        private String asForeign(Type type, List<Parameter> brief) {
            return """
                        if (dtype == DType.%s) {
                            if (%3$s != null && (%5$s) == 0) {
                                return %2$s(%6$s);
                            }
                            if (!%2$s_gate.isOpen()) {
                                return false;
                            }
                            if (%3$s == null) {
                                %2$s.ADDRESSES.invokeExact(%4$s);
                            } else {
                                %2$s.SLICES.invokeExact(%7$s);
                            }
                            return true;
                        }
            """
                    .formatted(
                            type.dtype,
                            nameOf(type),
                            arrays().get(0),
                            list(brief, Parameter::passedAsAddress),
                            arrays().stream()
                                    .map(array -> array + "At")
                                    .collect(Collectors.joining(" | ")),
                            list(brief, parameter -> parameter.passedAsArray(type)),
                            list(brief, parameter -> parameter.passedAsSlice(type)));
        }

        String asSpans() {
            List<Parameter> brief = parameters.subList(0, parameters.size() - 1);
            return """
                static boolean %1$s(
                        Backend backend, boolean isBrief, DType dtype, %2$s) {
                    if (isBrief
                            && areTogether(backend, %3$s)
                            && ForeignCalls.%1$s(dtype, %4$s)) {
                        keep(%3$s);
                        return true;
                    }
                    if (%5$s) {
                        NativeCalls.%1$s(dtype, %6$s);
                        keep(%3$s);
                        return true;
                    }
                    return false;
                }
            """
                    .formatted(
                            name,
                            list(parameters, Parameter::declaredAsSpan),
                            String.join(", ", arrays()),
                            list(brief, Parameter::passedAsSpan),
                            arrays().stream()
                                    .map(array -> array + ".isSteady(backend)")
                                    .collect(Collectors.joining(" && ")),
                            list(parameters, Parameter::passedAsSpanAddress));
        }

        private String nameOf(Type type) {
            return name + "_" + type.name().toLowerCase();
        }

        private static String list(
                List<Parameter> parameters, java.util.function.Function<Parameter, String> form) {
            return parameters.stream().map(form).collect(Collectors.joining(", "));
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

    private static final String FOREIGN_HEAD =
            """
            package dev.rectifier.binding;

            import dev.rectifier.DType;
            import java.lang.invoke.MethodHandle;

            /**
             * Made of rectifier.h by %s: its functions for any type that there is one for, each array
             * as it is from an offset in bytes on, or all of them null with addresses instead of
             * offsets. A method calls on one thread and returns true, or does nothing and returns false
             * if the function isn't linked.
             */
            final class ForeignCalls {
                private ForeignCalls() {}

                private static RuntimeException thrown(Throwable e) {
                    if (e instanceof RuntimeException exception) {
                        return exception;
                    }
                    if (e instanceof Error error) {
                        throw error;
                    }
                    return new IllegalStateException(e);
                }

            """;

    private static final String SPAN_HEAD =
            """
            package dev.rectifier.binding;

            import static dev.rectifier.binding.Place.*;

            import dev.rectifier.DType;
            import dev.rectifier.Span;
            import dev.rectifier.spi.Backend;

            /**
             * Made of rectifier.h by %s: its functions for spans where they are. A method calls by the
             * foreign-function interface if that is brief, or by JNI if all spans are off-heap for good, and
             * returns true; else it does nothing and returns false.
             */
            final class SpanCalls {
                private SpanCalls() {}

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
        Path directory = Path.of(arguments[1], "dev", "rectifier", "binding");
        write(directory, "NativeCalls", HEAD, functions.values().stream().map(Function::asJava));
        List<Function> foreign =
                functions.values().stream()
                        .filter(Function::isForeign)
                        .toList();
        write(
                directory,
                "ForeignCalls",
                FOREIGN_HEAD,
                foreign.stream().map(Function::asForeign));
        write(directory, "SpanCalls", SPAN_HEAD, foreign.stream().map(Function::asSpans));
    }

    private static void write(Path directory, String name, String head, Stream<String> methods)
            throws IOException {
        Files.createDirectories(directory);
        String java =
                methods.collect(
                        Collectors.joining(
                                "\n", head.formatted(NativeCalls.class.getName()) + "\n", "}\n"));
        Files.writeString(directory.resolve(name + ".java"), java);
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
