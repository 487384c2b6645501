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
import java.util.stream.Stream;

/**
 * Writes two classes with a method for each function of the C header that there is for several
 * types, which calls the one for a type: NativeCalls by JNI, and ForeignCalls by the
 * foreign-function interface. Arguments are the header and the directory of Java sources to write
 * to.
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

    /** A parameter, or an array with the offset that follows it. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?:const )?\\w+\\* (\\w+), int64_t \\w*offset|(\\w+) (\\w+)");

    private static final Map<String, String> JAVA_TYPES =
            Map.of("void", "void", "int32_t", "int", "int64_t", "long", "double", "double");

    private record Parameter(String type, String name, boolean isAddress) {
        String passed() {
            return isAddress ? name + ", 0" : name;
        }

        /** An array is on the heap, or null and its place is an address. */
        String declaredAsPlace() {
            return isAddress ? "Object " + name + ", long " + at() : type + " " + name;
        }

        String passedAsPlace() {
            return isAddress ? name + ", " + at() : name;
        }

        String passedAsArray(Type type) {
            return isAddress ? "(" + type.element + "[]) " + name + ", " + at() : name;
        }

        String passedAsAddress() {
            return isAddress ? at() : name;
        }

        private String at() {
            return name + "At";
        }

        String signature() {
            return isAddress
                    ? "PJ"
                    : type.equals("int") ? "I" : type.equals("long") ? "J" : "D";
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
                java.append(nameOf(type) + "(" + passed() + ");\n");
                java.append(result.equals("void") ? "            return;\n" : "").append("        }\n");
            }
            java.append("        throw none(\"%s\", dtype);\n    }\n".formatted(name));
            return java.toString();
        }

        private String declared() {
            return list(parameters, parameter -> parameter.type + " " + parameter.name);
        }

        private String passed() {
            return list(parameters, Parameter::passed);
        }

        /** Whether a call is worth a door of its own: what returns a status takes long. */
        boolean isForeign() {
            return result.equals("void");
        }

        /**
         * All types are in one method, which thus is too long to be inlined: what is linked is
         * large, and would keep its callers from being inlined in theirs.
         */
        String asForeign() {
            List<Parameter> brief = parameters.subList(0, parameters.size() - 1);
            StringBuilder java = new StringBuilder();
            for (Type type : types) {
                java.append(asLinked(type)).append('\n');
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
                            Foreign.link("%1$s", "%2$s", %3$s[].class);
                    static final MethodHandle ADDRESSES =
                            Foreign.link("%1$s", "%2$s", null);
                }
            """
                    .formatted(
                            nameOf(type),
                            list(parameters, Parameter::signature).replace(", ", ""),
                            type.element);
        }

        private String asForeign(Type type, List<Parameter> brief) {
            String firstArray =
                    brief.stream().filter(Parameter::isAddress).findFirst().orElseThrow().name;
            return """
                        if (dtype == DType.%s) {
                            if (!%2$s_gate.isOpen()) {
                                return false;
                            }
                            if (%3$s == null) {
                                %2$s.ADDRESSES.invokeExact(%4$s);
                            } else {
                                %2$s.ARRAYS.invokeExact(%5$s);
                            }
                            return true;
                        }
            """
                    .formatted(
                            type.dtype,
                            nameOf(type),
                            firstArray,
                            list(brief, Parameter::passedAsAddress),
                            list(brief, parameter -> parameter.passedAsArray(type)));
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
             * as it is with an offset in bytes, or all of them null with addresses instead of offsets.
             * A method calls on one thread and returns true, or does nothing and returns false if the
             * function isn't linked.
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
        write(
                directory,
                "ForeignCalls",
                FOREIGN_HEAD,
                functions.values().stream()
                        .filter(Function::isForeign)
                        .map(Function::asForeign));
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
