package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.Rectifier;
import java.util.List;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    @Test
    void theJsonHasWhatTheLibraryKnowsAboutItself() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Outcome.success("info", "--json").out());
        Rectifier.Info info = Rectifier.info();
        assertEquals(info.version(), json.get("version").textValue());
        assertEquals(info.platform(), json.get("platform").textValue());
        assertEquals(info.backend(), json.get("backend").textValue());
        assertEquals(info.instructionSet(), json.get("instructionSet").textValue());
        assertEquals(
                info.instructionSets(),
                List.of(
                        new ObjectMapper()
                                .treeToValue(json.get("instructionSets"), String[].class)));
        assertEquals(info.threads(), json.get("threads").intValue());
        assertEquals(info.library().orElseThrow(), json.get("library").textValue());
        assertEquals(info.parallel(), json.get("parallel").textValue());
        assertEquals(Runtime.version().toString(), json.get("java").textValue());
        assertEquals(10, json.size());
    }

    @Test
    void theTextHasOneLinePerFact() {
        List<String> lines = Outcome.success("info").out().lines().toList();
        assertEquals(10, lines.size());
        assertTrue(lines.get(0).matches("version +" + Rectifier.version()), lines.get(0));
    }
}
