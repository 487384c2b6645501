package dev.rectifier.cli;

import dev.rectifier.Rectifier;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that computes; a {@link Mixin}. */
public final class ComputeOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = Option.NULL_VALUE,
            description = "The most threads to use; by default, and at most, all processors.")
    private Optional<Integer> threads;

    /** For picocli. */
    public ComputeOptions() {}

    /**
     * Puts the options into effect, reads the settings and loads the backend.
     *
     * @throws picocli.CommandLine.ParameterException if an option is wrong
     * @throws dev.rectifier.SettingException if a setting is
     * @throws dev.rectifier.NativeLibraryException if the native library can't be loaded
     */
    public void apply() {
        Usage.check(
                command,
                () -> {
                    threads.ifPresent(Rectifier::setThreads);
                    Rectifier.threads();
                    return Rectifier.backend();
                });
    }
}
