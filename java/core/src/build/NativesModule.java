import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the module-info of jars that are about natives. Arguments are a kind, a directory, and
 * the module path with Rectifier itself. The kinds are
 *
 * <ul>
 *   <li>natives: each platform with a directory in the given one, which will be the jar with its
 *       natives, gets a module of its own and a provider of the service Natives;
 *   <li>platform: the directory will be the jar that requires the natives of every platform on the
 *       module path, and JavaCPP's, which make its pointers.
 * </ul>
 */
class NativesModule {
    private static final String SERVICE = "dev.rectifier.spi.Natives";

    /** What the names of the modules with JavaCPP's own natives begin with. */
    private static final String JAVACPP_NATIVES = "org.bytedeco.javacpp.";

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        String modulePath = arguments[2];
        Files.createDirectories(directory);
        if (arguments[0].equals("natives")) {
            try (Stream<Path> platforms = Files.list(directory)) {
                for (Path platform : platforms.toList()) {
                    String name = platform.getFileName().toString();
                    String module = "dev.rectifier." + name.replace('-', '.');
                    compile(platform, modulePath, List.of(natives(module), provider(module)));
                }
            }
        } else {
            compile(directory, modulePath, List.of(platform(modulePath)));
        }
    }

    private static Source natives(String module) {
        return new Source(
                "module-info",
                """
                module %s {
                    requires transitive dev.rectifier;
                    provides %s with %1$s.Natives;
                }
                """
                        .formatted(module, SERVICE));
    }

    private static Source provider(String module) {
        return new Source(
                module.replace('.', '/') + "/Natives",
                """
                package %s;
                public final class Natives implements %s {}
                """
                        .formatted(module, SERVICE));
    }

    private static Source platform(String modulePath) {
        Path[] entries =
                Stream.of(modulePath.split(File.pathSeparator))
                        .map(Path::of)
                        .toArray(Path[]::new);
        String requires =
                ModuleFinder.of(entries).findAll().stream()
                        .map(ModuleReference::descriptor)
                        .filter(
                                module ->
                                        providesNatives(module)
                                                || module.name().startsWith(JAVACPP_NATIVES))
                        .map(module -> "    requires " + module.name() + ";\n")
                        .sorted()
                        .collect(Collectors.joining());
        if (requires.isEmpty()) {
            throw new IllegalArgumentException("no natives on " + modulePath);
        }
        return new Source(
                "module-info",
                "module dev.rectifier.platform {\n    requires transitive dev.rectifier;\n"
                        + requires
                        + "}\n");
    }

    private static boolean providesNatives(ModuleDescriptor module) {
        return module.provides().stream()
                .anyMatch(provides -> provides.service().equals(SERVICE));
    }

    private static void compile(Path directory, String modulePath, List<Source> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of(
                        // It dislikes the digits that processors have in their names.
                        "-Xlint:-module",
                        "--release",
                        "17",
                        "-d",
                        directory.toString(),
                        "-p",
                        modulePath);
        if (!compiler.getTask(null, null, null, options, null, sources).call()) {
            throw new IllegalStateException("javac failed");
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String content;

        Source(String name, String content) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
