package dev.rectifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void whatIsClosedIsTakenAgainAndIsZeroAgain(DType dtype) {
        Set<Long> addresses = new HashSet<>();
        for (int round = 0; round < 200; round++) {
            try (Memory memory = new Memory()) {
                for (int length : new int[] {10_000 - round, 0, 77}) {
                    Span span = memory.allocate(dtype, length);
                    addresses.add(span.address(Rectifier.backend()));
                    assertEquals(length, span.length());
                    for (int i = 0; i < length; i++) {
                        assertEquals(0, span.get(i));
                        span.set(i, 3);
                    }
                }
            }
        }
        // The collector may run meanwhile, and frees what isn't taken then.
        assertTrue(addresses.size() < 50, () -> addresses.size() + " blocks");
    }

    @Test
    @Tag("thorough")
    void partsOfAnySizeThatComeAndGoStayWhatTheirOwnersMadeThem() {
        SplittableRandom random = new SplittableRandom(1);
        Map<Memory, Span> held = new LinkedHashMap<>();
        Set<Long> addresses = new HashSet<>();
        for (int round = 0; round < 5000; round++) {
            if (random.nextInt(16) < held.size()) {
                Memory oldest =
                        held.keySet().stream().skip(random.nextInt(held.size())).findAny().get();
                Span span = held.remove(oldest);
                double mark = span.get(0);
                for (int i = 0; i < span.length(); i++) {
                    assertEquals(mark, span.get(i));
                }
                oldest.close();
            } else {
                Memory memory = new Memory();
                Span span = memory.allocate(DType.FLOAT32, 1 + random.nextInt(100_000));
                addresses.add(span.address(Rectifier.backend()) >> 20);
                for (int i = 0; i < span.length(); i++) {
                    assertEquals(0, span.get(i));
                    span.set(i, round % 1000);
                }
                held.put(memory, span);
            }
        }
        held.keySet().forEach(Memory::close);
        // Of up to 16 parts of 200 kB on average.
        assertTrue(addresses.size() < 100, () -> addresses.size() + " MiB");
    }

    @Test
    void aSpanOfClosedMemoryIsAnErrorWhereverItIsUsed() {
        Memory memory = new Memory();
        Span x = memory.allocate(DType.FLOAT32, 8);
        Span part = x.slice(2, 4);
        Span other = Span.allocate(DType.FLOAT32, 8);
        memory.close();
        memory.close();
        assertTrue(memory.isClosed());
        assertClosed("span", () -> x.get(0));
        assertClosed("span", () -> part.set(0, 1));
        assertClosed("x", () -> Elementwise.relu().forward(x, other));
        assertClosed("y", () -> Elementwise.relu().forward(other, x));
        assertClosed("x", () -> Elementwise.relu().forward(part, other.slice(0, 4)));
        assertClosed("source", () -> other.copyFrom(x));
        assertClosed("destination", () -> x.copyFrom(other));
        assertClosed("memory", () -> memory.allocate(DType.FLOAT32, 1));
    }

    private static void assertClosed(String name, Executable call) {
        var e = assertThrows(IllegalStateException.class, call);
        assertEquals(name + " has been closed", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 29, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE})
    void moreThanADirectBufferHoldsIsRefused(long length) {
        try (Memory memory = new Memory()) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> memory.allocate(DType.FLOAT64, length));
            assertTrue(e.getMessage().startsWith("length " + length + " of FLOAT64"));
        }
    }
}
