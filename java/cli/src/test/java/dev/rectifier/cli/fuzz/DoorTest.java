package dev.rectifier.cli.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeds and what the fuzzer once found are read or refused; so is a little damage to each. */
@Timeout(120)
class DoorTest {
    private static final int CHANGES = Boolean.getBoolean("test.thorough") ? 40 : 8;

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void whatIsCheckedInIsReadOrRefused(Door door) throws IOException {
        List<Path> seeds = door.seeds();
        int taken = 0;
        for (Path seed : seeds) {
            int ways = door.read(Files.readAllBytes(seed), folder);
            taken += ways > 0 ? 1 : 0;
            // What the fuzzer found is named after what was wrong; a seed is to be sound.
            assertTrue(ways > 0 || seed.toString().contains("bad-"), seed + " is refused");
        }
        assertTrue(taken > 0, "no seed is sound");
    }

    @ParameterizedTest
    @EnumSource
    void damageIsReadOrRefused(Door door) throws IOException {
        SplittableRandom random = new SplittableRandom(door.ordinal());
        for (Path seed : door.seeds()) {
            byte[] sound = Files.readAllBytes(seed);
            for (int i = 0; i < CHANGES; i++) {
                byte[] spoilt = Arrays.copyOf(sound, sound.length - random.nextInt(2));
                for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                    spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
                }
                door.read(spoilt, folder);
            }
        }
    }
}
