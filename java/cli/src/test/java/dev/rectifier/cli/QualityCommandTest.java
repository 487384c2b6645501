package dev.rectifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class QualityCommandTest {
    @Test
    @Tag("thorough")
    void theInitializersPassTheReducedTests() {
        Outcome outcome = Outcome.of("quality");
        assertEquals(0, outcome.code(), outcome.out() + outcome.err());
        assertTrue(outcome.out().contains("| uniform float32 "), outcome.out());
        assertTrue(outcome.out().contains(" tests, 0 failed."), outcome.out());
        assertFalse(outcome.out().contains("FAILED"), outcome.out());
        assertEquals(10, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void aSeedIsAnInteger() {
        Outcome.of("quality", "--seed", "x").isUsageError("'x' is not a long");
    }
}
