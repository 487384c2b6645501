package dev.rectifier.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An instruction set below the machine's best that all contenders of a run are held to.
 *
 * <p>Each library has a switch of its own for it. Those that have none ({@link
 * Contender.Trait#UNHELD}) don't take part, since their times would say nothing about a machine
 * that has no more than this.
 */
public enum Isa {
    /** What most desktop processors have: 8 floats at a time, with fused multiply-add. */
    AVX2(
            Map.of(
                    "RECTIFIER_ISA", "avx2",
                    "ATEN_CPU_CAPABILITY", "avx2",
                    "ONEDNN_MAX_CPU_ISA", "AVX2",
                    "MKL_ENABLE_INSTRUCTIONS", "AVX2"),
            List.of("-XX:UseAVX=2"));

    private final Map<String, String> environment;
    private final List<String> javaOptions;

    Isa(Map<String, String> environment, List<String> javaOptions) {
        this.environment = environment;
        this.javaOptions = javaOptions;
    }

    /** Holds a process that is yet to be started, and its own children. */
    void hold(Map<String, String> environment) {
        environment.putAll(this.environment);
    }

    /** Holds what a JVM compiles. */
    List<String> javaOptions() {
        return javaOptions;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
