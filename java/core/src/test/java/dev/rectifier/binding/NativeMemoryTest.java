package dev.rectifier.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rectifier.Rectifier;
import dev.rectifier.Span;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    @BeforeAll
    static void theLibraryIsLoaded() {
        assertEquals("native", Rectifier.backend().name());
    }

    @Test
    void whatIsInUseIsNotGivenTwiceHoweverMuchIsWanted() {
        List<NativeMemory> taken = new ArrayList<>();
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            NativeMemory memory = NativeMemory.of(NativeMemory.BLOCK);
            memory.load(0, Span.of(new float[] {i}), 0, 1);
            taken.add(memory);
            addresses.add(memory.address());
        }
        float[] found = new float[1];
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).store(0, Span.of(found), 0, 1);
            assertEquals(i, found[0]);
            taken.get(i).close();
        }
        assertEquals(100, addresses.size());
    }

    @Test
    void aThreadGetsTheSameAgain() {
        long address;
        try (NativeMemory memory = NativeMemory.of(1)) {
            address = memory.address();
        }
        try (NativeMemory memory = NativeMemory.of(NativeMemory.BLOCK)) {
            assertEquals(address, memory.address());
        }
    }

    @Test
    void copiesGoToTheirPlaceAndNoFurther() {
        try (NativeMemory memory = NativeMemory.of(3L << 20)) {
            float[] data = new float[1000];
            data[997] = 1;
            data[998] = 2;
            data[999] = 3;
            memory.load(1 << 20, Span.of(data), 0, 1000);
            float[] array = {9, 9, 9, 9};
            memory.store((1 << 20) + 997 * Float.BYTES, Span.of(array), 1, 2);
            assertEquals(List.of(9f, 1f, 2f, 9f), List.of(array[0], array[1], array[2], array[3]));
            FloatBuffer buffer = FloatBuffer.wrap(array).asReadOnlyBuffer();
            memory.load(0, Span.of(buffer), 1, 2);
            memory.store(0, Span.of(array), 0, 1);
            assertEquals(1f, array[0]);
        }
    }

    @Test
    void whatCanNotBeHadIsSaidInBytes() {
        OutOfMemoryError e = assertThrows(OutOfMemoryError.class, () -> NativeMemory.of(1L << 60));
        assertTrue(e.getMessage().contains("no 1152921504606846976 bytes"), e.getMessage());
    }
}
