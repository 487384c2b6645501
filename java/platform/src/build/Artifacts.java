import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Lists what is published, with the size, the architecture, the oldest system it runs on and the
 * suites that ran on it, and says what is wrong with it; ends with 1 if anything is. Arguments are
 * the directory of the repository, and the platforms that there must be a jar for if not for all.
 */
class Artifacts {
    private static final int MOST_BYTES_OF_NATIVES = 1_500_000;

    /**
     * What a system has for every program, and the oldest version of it that a library may need.
     */
    private enum Os {
        LINUX("glibc", "2.17", "(lib(c|m|pthread|dl|rt)|ld-linux-[\\w-]+)\\.so\\.\\d"),
        MUSL("musl", "0", "libc\\.so|(libc\\.musl|ld-musl)-\\w+\\.so\\.1"),
        WINDOWS(
                "Windows",
                "10.0",
                "(?i)(kernel32|ntdll|advapi32|psapi|msvcrt|ucrtbase|api-ms-win-[\\w-]+)\\.dll"),
        MACOSX("macOS", "11.0", "/usr/lib/libSystem\\.B\\.dylib");

        private final String label;
        private final Version floor;
        private final Pattern libraries;

        Os(String label, String floor, String libraries) {
            this.label = label;
            this.floor = Version.parse(floor);
            this.libraries = Pattern.compile(libraries);
        }

        static Os of(String platform) {
            return platform.endsWith("-musl")
                    ? MUSL
                    : valueOf(platform.substring(0, platform.indexOf('-')).toUpperCase());
        }
    }

    private record Library(
            String name,
            String architecture,
            Version minimum,
            List<String> needed,
            Set<String> exports) {
        private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dylib|dll)(\\.\\d+)*");

        static Library read(Path file, Os os) throws IOException, InterruptedException {
            String headers =
                    output(
                            "llvm-readobj",
                            "--file-headers",
                            "--needed-libs",
                            "--version-info",
                            "--macho-version-min",
                            "--coff-exports",
                            file.toString());
            String exports =
                    switch (os) {
                        case LINUX, MUSL ->
                                output("llvm-nm", "-D", "--defined-only", file.toString());
                        case MACOSX ->
                                output(
                                        "llvm-objdump",
                                        "--macho",
                                        "--exports-trie",
                                        file.toString());
                        case WINDOWS -> headers;
                    };
            Pattern export =
                    switch (os) {
                        case LINUX, MUSL -> Pattern.compile("^\\w+ [A-Zi] ([^@\\s]+)");
                        case MACOSX -> Pattern.compile("^0x\\w+ +_(\\S+)");
                        case WINDOWS ->
                                Pattern.compile("Export \\{\\s+Ordinal: \\d+\\s+Name: (\\S+)");
                    };
            Matcher needed = Pattern.compile("(?m)^NeededLibraries \\[([^]]*)]").matcher(headers);
            needed.find();
            return new Library(
                    file.getFileName().toString(),
                    all("Arch: (\\w+)", headers).toString().replaceAll("[\\[\\]]", ""),
                    minimum(os, headers),
                    // A library for macOS also lists its own name.
                    needed.group(1)
                            .lines()
                            .map(String::strip)
                            .filter(name -> !name.isEmpty() && !name.equals(file.toString()))
                            .toList(),
                    Pattern.compile(export.pattern(), Pattern.MULTILINE)
                            .matcher(exports)
                            .results()
                            .map(match -> match.group(1))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }

        /** The oldest version that has all that the library asks for, such as "2.17". */
        private static Version minimum(Os os, String headers) {
            List<String> versions =
                    switch (os) {
                        // The loader of 2.36 is the first to know packed relocations.
                        case LINUX ->
                                all(
                                        "Name: GLIBC_(\\d[\\d.]*)",
                                        headers.replace("ABI_DT_RELR", "2.36"));
                        case MUSL -> List.of();
                        case MACOSX -> all("MinVersion \\{[^}]*? Version: ([\\d.]+)", headers);
                        // The universal C runtime came with Windows 10.
                        case WINDOWS ->
                                headers.contains("api-ms-win-crt-")
                                        ? List.of("10.0")
                                        : all("MajorSubsystemVersion: (\\d+)", headers);
                    };
            return Stream.concat(Stream.of("0"), versions.stream())
                    .map(Version::parse)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** How many tests of a suite ran, how many of them failed, and how many were skipped. */
    private record Count(int run, int failed, int skipped) {
        Count plus(Count other) {
            return new Count(run + other.run, failed + other.failed, skipped + other.skipped);
        }

        @Override
        public String toString() {
            return run + "/" + failed + "/" + skipped;
        }
    }

    private final Path root;
    private final Element parent;
    private final String version;
    private final List<List<String>> rows = new ArrayList<>();
    private final Set<String> platforms = new TreeSet<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private final Set<String> problems = new TreeSet<>();

    private Artifacts(Path root) throws Exception {
        this.root = root;
        this.parent = xml(root.resolve("pom.xml"));
        this.version = child(parent, "version");
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println(
                    "java Artifacts.java <the repository> [platform that must be there]...");
            System.exit(2);
        }
        Artifacts artifacts = new Artifacts(Path.of(arguments[0]).toRealPath());
        artifacts.addAll();
        for (String platform : artifacts.due(List.of(arguments).subList(1, arguments.length))) {
            if (!artifacts.platforms.contains(platform)) {
                artifacts.problems.add(platform + ": no jar");
            }
        }
        artifacts.print();
        System.exit(artifacts.problems.isEmpty() ? 0 : 1);
    }

    private List<String> due(List<String> given) throws IOException {
        Path toolchain = root.resolve("native/cross/zig.cmake");
        return given.isEmpty()
                ? all("PLATFORM STREQUAL \"(.*?)\"", Files.readString(toolchain))
                : given;
    }

    private void addAll() throws Exception {
        rows.add(
                List.of(
                        "artifact",
                        "bytes",
                        "architecture",
                        "oldest system",
                        "suites: run/failed/skipped"));
        addModule(root, parent, List.of("-cyclonedx.json"));
        // Two profiles may name the same one.
        for (String module :
                elements(parent, "module").stream()
                        .map(Element::getTextContent)
                        .distinct()
                        .toList()) {
            Path directory = root.resolve(module);
            Element pom = xml(directory.resolve("pom.xml"));
            boolean unpublished =
                    elements(pom, "maven.deploy.skip").stream()
                            .anyMatch(skip -> skip.getTextContent().equals("true"));
            if (!unpublished) {
                addModule(
                        directory,
                        pom,
                        List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"));
            }
        }
    }

    private void addModule(Path directory, Element pom, List<String> due) throws Exception {
        String name = child(pom, "artifactId") + "-" + version;
        Path target = directory.resolve("target");
        Path published = target.resolve("published-pom.xml");
        long size = Files.size(Files.exists(published) ? published : directory.resolve("pom.xml"));
        addRow(name + ".pom", size, "any", "", "");
        for (String suffix : due) {
            if (!Files.exists(target.resolve(name + suffix))) {
                problems.add(name + suffix + ": missing; the profile release makes it");
            }
        }
        for (Path file : files(target, Pattern.quote(name) + "(-.*)?\\.(jar|json)")) {
            String classifier =
                    file.getFileName()
                            .toString()
                            .replaceAll(Pattern.quote(name) + "-?|\\.\\w+$", "");
            if (classifier.matches("(linux|windows|macosx)-.*")) {
                addNatives(file, classifier, target);
            } else if (classifier.isEmpty()) {
                String suites = suites(files(target, "surefire-reports.*"));
                addRow(file.getFileName().toString(), Files.size(file), "any", java(file), suites);
            } else {
                addRow(file.getFileName().toString(), Files.size(file), "any", "", "");
            }
        }
    }

    private void addRow(
            String artifact, long bytes, String architecture, String oldest, String suites) {
        rows.add(List.of(artifact, "%,d".formatted(bytes), architecture, oldest, suites));
    }

    private void addNatives(Path jar, String platform, Path target) throws Exception {
        platforms.add(platform);
        Os os = Os.of(platform);
        Set<String> functions = nativeMethods(target);
        List<Library> libraries = libraries(jar, os);
        String architecture = platform.contains("-arm64") ? "aarch64" : "x86_64";
        Version minimum = Version.parse("0");
        if (libraries.isEmpty()) {
            problems.add(platform + ": no library in " + jar.getFileName());
        }
        for (Library library : libraries) {
            String where = platform + ", " + library.name + ": ";
            if (!library.architecture.equals(architecture)) {
                problems.add(where + "is for " + library.architecture);
            }
            for (String needed : library.needed) {
                String file = needed.replaceFirst("^@(rpath|loader_path)/", "");
                boolean bundled = libraries.stream().anyMatch(other -> other.name.equals(file));
                if (!bundled && !os.libraries.matcher(needed).matches()) {
                    problems.add(where + "needs " + needed);
                }
            }
            if (library.minimum.compareTo(os.floor) > 0) {
                problems.add(
                        "%sneeds %s %s, but is to run on %s"
                                .formatted(where, os.label, library.minimum, os.floor));
            }
            checkExports(library, functions, where);
            minimum = library.minimum.compareTo(minimum) > 0 ? library.minimum : minimum;
        }
        long bytes = Files.size(jar);
        if (bytes > MOST_BYTES_OF_NATIVES) {
            problems.add(
                    "%s: %,d bytes, of %,d at most"
                            .formatted(platform, bytes, MOST_BYTES_OF_NATIVES));
        }
        addRow(
                jar.getFileName().toString(),
                bytes,
                libraries.stream()
                        .map(Library::architecture)
                        .distinct()
                        .collect(Collectors.joining(", ")),
                os == Os.MUSL ? os.label : os.label + " " + minimum,
                proof(platform, target.resolve("proof").resolve(platform)));
    }

    /** What others could take for theirs must not be seen. A bundled runtime is as it is. */
    private void checkExports(Library library, Set<String> functions, String where) {
        Set<String> surplus = new TreeSet<>(library.exports);
        // A library for Windows is linked with by its name, so that no one takes these for his own.
        if (where.startsWith("windows-")) {
            surplus.removeIf(name -> name.matches("_Unwind_.*|unw_.*|_GCC_specific_handler"));
        }
        if (library.name.contains("jnirectifier")) {
            Set<String> missing = new TreeSet<>(functions);
            missing.removeAll(library.exports);
            surplus.removeAll(functions);
            if (!missing.isEmpty()) {
                problems.add(where + "lacks " + some(missing));
            }
        } else if (library.name.contains("rectifier_omp")) {
            surplus.removeIf(name -> name.startsWith("rectifier_"));
        } else {
            return;
        }
        if (!surplus.isEmpty()) {
            problems.add(where + "also exports " + some(surplus));
        }
    }

    private static String some(Set<String> names) {
        String first = names.stream().limit(3).collect(Collectors.joining(", "));
        return names.size() > 3 ? first + " and " + (names.size() - 3) + " more" : first;
    }

    private List<Library> libraries(Path jar, Os os) throws Exception {
        List<Library> libraries = new ArrayList<>();
        Path directory = Files.createTempDirectory("rectifier-artifacts");
        try (JarFile open = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(open.entries())) {
                Path file = directory.resolve(Path.of(entry.getName()).getFileName().toString());
                if (!Library.NATIVE.matcher(entry.getName()).matches()) {
                    continue;
                }
                try (InputStream in = open.getInputStream(entry)) {
                    Files.copy(in, file);
                }
                libraries.add(Library.read(file, os));
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                if (content.contains(root.toString())) {
                    problems.add(jar.getFileName() + ", " + file.getFileName() + ": names " + root);
                }
                Files.delete(file);
            }
        }
        Files.delete(directory);
        return libraries;
    }

    /**
     * The names by which the JVM looks for the native methods in the jar of the classes, and those
     * by which the foreign-function interface finds the functions of the header, which are the
     * names of such methods.
     */
    private Set<String> nativeMethods(Path target) throws IOException {
        Path jar = target.resolve("rectifier-" + version + ".jar");
        List<String> arguments = new ArrayList<>(List.of("-p", "-s", "-cp", jar.toString()));
        try (JarFile open = new JarFile(jar.toFile())) {
            open.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith("dev/rectifier/") && name.endsWith(".class"))
                    .forEach(name -> arguments.add(name.replace(".class", "").replace('/', '.')));
        }
        StringWriter out = new StringWriter();
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        javap.run(
                new PrintWriter(out),
                new PrintWriter(System.err),
                arguments.toArray(String[]::new));
        Pattern line =
                Pattern.compile(
                        "(?m)^\\S.*?\\b(?:class|interface|enum) ([\\w.$]+).*\\{$"
                                + "|^ .*\\bnative .*?(\\w+)\\(.*\\);\\s+descriptor: \\((.*)\\)");
        Set<String> names = new TreeSet<>(Set.of("JNI_OnLoad", "JNI_OnUnload"));
        Map<String, List<String>> descriptors = new TreeMap<>();
        String owner = null;
        for (MatchResult match : line.matcher(out.toString()).results().toList()) {
            if (match.group(1) != null) {
                owner = match.group(1).replace('.', '/');
            } else {
                String name = "Java_" + mangled(owner) + "_" + mangled(match.group(2));
                descriptors.computeIfAbsent(name, key -> new ArrayList<>()).add(match.group(3));
                if (match.group(2).startsWith("rectifier_")) {
                    names.add(match.group(2));
                }
            }
        }
        descriptors.forEach(
                (name, overloads) -> {
                    for (String descriptor : overloads) {
                        names.add(overloads.size() > 1 ? name + "__" + mangled(descriptor) : name);
                    }
                });
        return names;
    }

    private static String mangled(String name) {
        return name.replace("_", "_1").replace(";", "_2").replace("[", "_3").replace('/', '_');
    }

    /** The suites that ran on a platform, or the reason why none did. */
    private String proof(String platform, Path directory) throws Exception {
        Path reason = directory.resolve("none.txt");
        String suites = suites(files(directory, "[^.]*"));
        if (!suites.isEmpty()) {
            return suites;
        }
        if (Files.exists(reason)) {
            return "none: " + Files.readString(reason).strip().replaceAll("\\s+", " ");
        }
        problems.add(platform + ": no suite ran, and no " + root.relativize(reason) + " says why");
        return "none";
    }

    private String suites(List<Path> directories) throws Exception {
        List<String> suites = new ArrayList<>();
        for (Path directory : directories) {
            Count count = new Count(0, 0, 0);
            for (Path file : files(directory, ".*\\.xml")) {
                count = count.plus(count(xml(file)));
            }
            String name = directory.getFileName().toString().replace("surefire-reports", "junit");
            if (count.failed > 0 || count.run == 0) {
                problems.add(
                        "%s: %s ran/failed/skipped".formatted(root.relativize(directory), count));
            }
            suites.add(name + " " + count);
        }
        return String.join(", ", suites);
    }

    private Count count(Element suite) {
        for (Element skip : elements(suite, "skipped")) {
            skipped.merge(reason(skip), 1, Integer::sum);
        }
        int all = number(suite, "tests");
        int ignored = number(suite, "skipped") + number(suite, "disabled");
        return new Count(
                all - ignored, number(suite, "failures") + number(suite, "errors"), ignored);
    }

    /** CTest and Surefire have some reasons in what was said only. */
    private static String reason(Element skip) {
        Matcher said =
                Pattern.compile("(?:: Skipped\n|Assumption failed: )([^\n]+)")
                        .matcher(skip.getParentNode().getTextContent().replace("\r", ""));
        return said.find() ? said.group(1) : skip.getAttribute("message");
    }

    private static int number(Element element, String attribute) {
        String value = element.getAttribute(attribute);
        return value.isEmpty() ? 0 : Integer.parseInt(value);
    }

    /** The release of Java that loads all classes of a jar. */
    private static String java(Path jar) throws IOException {
        int newest = 0;
        try (JarFile open = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(open.entries())) {
                if (entry.getName().matches("(?!META-INF/).*\\.class")) {
                    try (InputStream in = open.getInputStream(entry)) {
                        newest = Math.max(newest, in.readNBytes(8)[7] - 44);
                    }
                }
            }
        }
        return newest == 0 ? "" : "Java " + newest;
    }

    private void print() {
        int[] widths =
                IntStream.range(0, rows.get(0).size())
                        .map(
                                column ->
                                        rows.stream()
                                                .mapToInt(row -> row.get(column).length())
                                                .max()
                                                .orElse(0))
                        .toArray();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("|");
            for (int column = 0; column < widths.length; column++) {
                String alignment = column == 1 ? "" : "-";
                line.append((" %" + alignment + widths[column] + "s |").formatted(row.get(column)));
            }
            System.out.println(line);
            if (row == rows.get(0)) {
                System.out.println(
                        line.toString()
                                .replaceAll("[^|]", "-")
                                .replaceFirst("(\\|-+\\|-+)-", "$1:"));
            }
        }
        System.out.println(
                "\nA jar of natives may have %,d bytes.".formatted(MOST_BYTES_OF_NATIVES));
        printAll(
                "Skipped, and why",
                skipped.entrySet().stream().map(skip -> skip.getValue() + " × " + skip.getKey()));
        printAll("Wrong", problems.stream());
    }

    private static void printAll(String heading, Stream<String> lines) {
        List<String> all = lines.toList();
        if (!all.isEmpty()) {
            System.out.println("\n" + heading + ":");
            all.forEach(line -> System.out.println("- " + line));
        }
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
        }
        return output;
    }

    private static List<Path> files(Path directory, String name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .sorted()
                    .toList();
        }
    }

    private static Element xml(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static String child(Element parent, String name) {
        return elements(parent, name).stream()
                .filter(element -> element.getParentNode() == parent)
                .findFirst()
                .orElseThrow()
                .getTextContent();
    }
}
