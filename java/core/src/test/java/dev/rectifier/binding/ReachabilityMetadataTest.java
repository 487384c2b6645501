package dev.rectifier.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.Rectifier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** GraalVM's native-image keeps what its metadata names, and drops what nothing else needs. */
class ReachabilityMetadataTest {
    private static final Pattern CLASS = Pattern.compile("(\\w+) = env->FindClass\\(\"(.*?)\"\\)");
    private static final Pattern MEMBER =
            Pattern.compile("env->Get\\w+ID\\((\\w+), \"(.*?)\", \"(.*?)\"\\)");

    /** That all of them exist is what loading the library shows: it fails if one isn't found. */
    @Test
    void namesTheMembersThatTheLibraryLooksUpAndNoOthers() throws IOException {
        String source = Files.readString(Path.of("src/main/cpp/jni.cpp"));
        Map<String, String> classes = new HashMap<>();
        matches(CLASS, source)
                .forEach(found -> classes.put(found.group(1), found.group(2).replace('/', '.')));
        Set<String> lookedUp =
                matches(MEMBER, source)
                        .map(
                                member ->
                                        classes.get(member.group(1))
                                                + "."
                                                + member.group(2)
                                                + parameters(member.group(3)))
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> named = new TreeSet<>();
        for (JsonNode type : metadata().get("jni")) {
            String name = type.get("type").asText() + ".";
            elements(type.path("fields")).forEach(f -> named.add(name + f.get("name").asText()));
            elements(type.path("methods")).forEach(m -> named.add(name + method(m)));
        }
        assertFalse(named.isEmpty());
        assertEquals(lookedUp, named);
    }

    @Test
    void namesTheResourcesAndNothingThatIsNotThere() throws IOException, URISyntaxException {
        List<String> globs =
                elements(metadata().get("resources")).map(r -> r.get("glob").asText()).toList();
        Set<String> used = new TreeSet<>();
        for (Path resource : resources()) {
            List<String> fitting = globs.stream().filter(glob -> fits(glob, resource)).toList();
            assertFalse(fitting.isEmpty(), () -> resource + " isn't named");
            used.addAll(fitting);
        }
        assertEquals(Set.copyOf(globs), used);
    }

    private static boolean fits(String glob, Path resource) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(resource);
    }

    /** The files of Rectifier's own packages that aren't classes, on the class path. */
    private static List<Path> resources() throws IOException, URISyntaxException {
        String index = new NativeFiles(null, Rectifier.info().platform()).index();
        Set<Path> resources = new TreeSet<>();
        for (String known : List.of("dev/rectifier/version.properties", index)) {
            URI uri = NativeLibrary.class.getClassLoader().getResource(known).toURI();
            Path root = Path.of(uri);
            for (int i = 0; i < Path.of(known).getNameCount(); i++) {
                root = root.getParent();
            }
            Path top = root;
            try (Stream<Path> files = Files.walk(root.resolve("dev"))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().endsWith(".class"))
                        .map(top::relativize)
                        .forEach(resources::add);
            }
        }
        return List.copyOf(resources);
    }

    private static JsonNode metadata() throws IOException {
        String file = "/META-INF/native-image/dev.rectifier/rectifier/reachability-metadata.json";
        try (InputStream in = NativeLibrary.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static String method(JsonNode method) {
        return method.get("name").asText()
                + elements(method.get("parameterTypes"))
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(",", "(", ")"));
    }

    /** The types in a method's descriptor; nothing for a field's. */
    private static String parameters(String descriptor) {
        return descriptor.startsWith("(")
                ? MethodType.fromMethodDescriptorString(
                                // What it returns needn't be there in this Java.
                                descriptor.replaceFirst("\\).*", ")V"), null)
                        .parameterList()
                        .stream()
                        .map(Class::getTypeName)
                        .collect(Collectors.joining(",", "(", ")"))
                : "";
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
