package dev.rectifier.docs;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Javadoc of all published modules as one site, with an overview and with the plots of {@code
 * java/docs} at their functions. It takes a JDK that has memory segments and whose {@code javadoc}
 * knows {@code @snippet}, which JDK 17's doesn't; so the sources themselves have none, and the
 * overview has them all.
 */
public final class Site {
    private static final int FIRST = 22;

    /** Where the sources of each published module are. */
    private static final Map<String, List<String>> MODULES = modules();

    private static final Pattern PICTURE =
            Pattern.compile("(?m)^java/cli/rectifier plot (.*) --out java/docs/(\\w+\\.svg)$");
    private static final Pattern METHOD =
            Pattern.compile(
                    "(<section class=\"detail\" id=\"(\\w+)\\([^\"]*\">.*?<div class=\"block\">.*?</div>)",
                    Pattern.DOTALL);

    private final Path root;
    private final Path out;

    private Site(Path root, Path out) {
        this.root = root;
        this.out = out;
    }

    private static Map<String, List<String>> modules() {
        Map<String, List<String>> modules = new LinkedHashMap<>();
        modules.put(
                "dev.rectifier",
                List.of("java/core/src/main/java", "java/core/target/generated-sources/javacpp"));
        modules.put("dev.rectifier.reference", List.of("java/reference/src/main/java"));
        modules.put("dev.rectifier.segments", List.of("java/segments/src/main/java"));
        modules.put("dev.rectifier.network", List.of("java/network/src/main/java"));
        modules.put("dev.rectifier.models", List.of("java/models/src/main/java"));
        return modules;
    }

    /**
     * Makes the site.
     *
     * @param args the root of the repository, which has been built, and the folder of the site
     */
    public static void main(String[] args) throws IOException {
        make(Path.of(args[0]), Path.of(args[1]));
        System.out.println("The site begins at " + Path.of(args[1], "index.html").normalize());
    }

    /** Whether the {@code javadoc} of this Java will do. */
    static boolean isPossible() {
        return Runtime.version().feature() >= FIRST
                && ToolProvider.findFirst("javadoc").isPresent();
    }

    static void make(Path root, Path out) throws IOException {
        if (!isPossible()) {
            throw new IllegalStateException(
                    "the site takes a JDK %d or newer with javadoc, whose JAVA_HOME is to be set; this is Java %d"
                            .formatted(FIRST, Runtime.version().feature()));
        }
        Site site = new Site(root, out);
        site.javadoc();
        site.pictures();
        site.plots();
    }

    private void javadoc() {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-quiet",
                                "-Werror",
                                "-Xdoclint:all",
                                "-encoding",
                                "UTF-8",
                                "-docencoding",
                                "UTF-8",
                                "-notimestamp",
                                "-windowtitle",
                                "Rectifier",
                                "-overview",
                                root.resolve("java/docs/src/javadoc/overview.html").toString(),
                                "--snippet-path",
                                root.resolve("java/docs/src/test/java").toString(),
                                "-d",
                                out.toString(),
                                "-p",
                                libraries()));
        MODULES.forEach(
                (module, folders) -> {
                    List<String> paths = folders.stream().map(f -> root.resolve(f) + "").toList();
                    arguments.add("--module-source-path");
                    arguments.add(module + "=" + String.join(File.pathSeparator, paths));
                });
        arguments.add("--module");
        arguments.add(String.join(",", MODULES.keySet()));
        StringWriter messages = new StringWriter();
        PrintWriter writer = new PrintWriter(messages, true);
        int code =
                ToolProvider.findFirst("javadoc")
                        .orElseThrow()
                        .run(writer, writer, arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("javadoc ends with %d:%n%s".formatted(code, messages));
        }
    }

    /** The jars of others that this program runs with. */
    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("rectifier"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void pictures() throws IOException {
        Path pictures = Files.createDirectories(out.resolve("pictures"));
        for (Path folder : List.of(root.resolve("java/docs"), root.resolve("java/docs/pictures"))) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".svg")).toList()) {
                    Files.write(
                            pictures.resolve(file.getFileName().toString()),
                            Files.readAllBytes(file));
                }
            }
        }
    }

    /** Puts the picture of its family behind the text of each drawn function's first method. */
    private void plots() throws IOException {
        Map<String, String> pictures = new LinkedHashMap<>();
        String page =
                Files.readString(root.resolve("java/docs/activations.md"))
                        .replaceAll("\\\\\n *", "");
        for (Matcher command = PICTURE.matcher(page); command.find(); ) {
            for (String function : command.group(1).replaceAll("--\\w+ \\S+", "").split(" +")) {
                pictures.putIfAbsent(function.replaceFirst(":.*", ""), command.group(2));
            }
        }
        Path file = out.resolve("dev.rectifier/dev/rectifier/Elementwise.html");
        String html =
                METHOD.matcher(Files.readString(file))
                        .replaceAll(
                                method ->
                                        Matcher.quoteReplacement(
                                                method.group(1)
                                                        + plot(
                                                                method.group(2),
                                                                pictures.remove(method.group(2)))));
        Files.writeString(file, html);
    }

    private static String plot(String function, String picture) {
        return picture == null
                ? ""
                : "%n<div class=\"block\"><img src=\"../../../pictures/%s\" style=\"background: white; max-width: 100%%\" alt=\"%s beside its relatives, and their derivatives\"></div>"
                        .formatted(picture, function);
    }
}
