package dev.rectifier.cli;

import dev.rectifier.NativeLibraryException;
import dev.rectifier.Rectifier;
import dev.rectifier.SettingException;
import dev.rectifier.cli.quality.QualityCommand;
import dev.rectifier.cli.study.StudyCommand;
import dev.rectifier.cli.train.TrainCommand;
import dev.rectifier.data.DataException;
import dev.rectifier.data.Ending;
import dev.rectifier.data.StandardOutput;
import dev.rectifier.data.SystemText;
import dev.rectifier.network.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code rectifier}: reads the arguments and turns failures into exit codes. */
@Command(
        name = "rectifier",
        description = "Neural-network activation functions and weight initializers.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  rectifier list activations",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the data is at fault: a file, its content, standard output, or the native library",
            "2:the command line or a setting is at fault",
            "70:Rectifier is at fault",
            "128+n:signal n ended it, such as 130 for Ctrl-C"
        })
public final class Main {
    static final int DATA = 1;
    static final int USAGE = 2;
    static final int BUG = 70;

    private static final List<Class<?>> COMMANDS =
            List.of(
                    InfoCommand.class,
                    ListCommand.class,
                    ApplyCommand.class,
                    InitCommand.class,
                    TrainCommand.class,
                    PredictCommand.class,
                    ConvertCommand.class,
                    ShowCommand.class,
                    PlotCommand.class,
                    StudyCommand.class,
                    QualityCommand.class);

    Main() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    private static int run(String[] args) {
        PrintWriter err = new PrintWriter(System.err, true, SystemText.charset());
        try {
            return run(args, err);
        } finally {
            Ending.over();
        }
    }

    private static int run(String[] args, PrintWriter err) {
        PrintWriter out = new PrintWriter(StandardOutput.INSTANCE, true, SystemText.charset());
        Optional<String[]> restored = Arguments.restore(args);
        if (restored.isEmpty()) {
            err.println(
                    "rectifier: an argument is no text in %s, the charset of the locale; set LC_ALL to one with UTF-8, such as C.UTF-8"
                            .formatted(SystemText.javaCharset()));
            return USAGE;
        }
        int code;
        try {
            code = execute(out, err, restored.get());
        } catch (OutOfMemoryError e) {
            err.println(
                    "rectifier: out of memory: "
                            + e.getMessage()
                            + "; raise it with JAVA_OPTS=-Xmx8g");
            return DATA;
        }
        out.flush();
        Optional<IOException> failure = StandardOutput.INSTANCE.failure();
        if (failure.isEmpty()) {
            return code;
        }
        if (code == 0 && !StandardOutput.INSTANCE.readerLeft()) {
            err.println(
                    "rectifier: standard output can't be written: " + failure.get().getMessage());
        }
        return code == 0 ? DATA : code;
    }

    /** Runs the command that the arguments begin with. */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        // To read the annotations of all takes longer than many a command.
        List<Class<?>> named =
                COMMANDS.stream()
                        .filter(command -> args.length > 0 && args[0].equals(name(command)))
                        .toList();
        return commandLine(named.isEmpty() ? COMMANDS : named)
                .setOut(out)
                .setErr(err)
                .execute(args);
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** All commands, ready to execute. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine main = new CommandLine(new Main());
        commands.forEach(main::addSubcommand);
        return main.registerConverter(Path.class, new FileConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::misused)
                .setExecutionExceptionHandler(Main::failed);
    }

    private static int misused(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("rectifier: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return USAGE;
    }

    private static int failed(Exception e, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        if (e instanceof SettingException) {
            err.println("rectifier: " + e.getMessage());
            return USAGE;
        }
        if (e instanceof DataException && StandardOutput.INSTANCE.readerLeft()) {
            return DATA;
        }
        if (e instanceof DataException
                || e instanceof ModelException
                || e instanceof NativeLibraryException) {
            err.println("rectifier: " + e.getMessage());
            return DATA;
        }
        err.println("rectifier: this is a bug in Rectifier, please report it:");
        e.printStackTrace(err);
        return BUG;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"rectifier " + Rectifier.version()};
        }
    }
}
