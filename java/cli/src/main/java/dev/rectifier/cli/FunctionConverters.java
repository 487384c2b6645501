package dev.rectifier.cli;

import dev.rectifier.Activation;
import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Initializer;
import dev.rectifier.Learned;
import dev.rectifier.RRelu;
import java.util.Map;
import java.util.function.BiFunction;
import picocli.CommandLine.TypeConversionException;

/** Read functions for the layers of networks in float32. */
public final class FunctionConverters {
    private FunctionConverters() {}

    /** Reads an activation that a hidden layer can have. */
    public static final class OfActivations extends Listing.Converter<Named<Activation>> {
        /** For picocli. */
        public OfActivations() {}

        @Override
        protected Named<Activation> element(String text) {
            Named<Activation> named = named(text, OfActivations::activation);
            if (!(named.value() instanceof Elementwise
                    || named.value() instanceof Learned
                    || named.value() instanceof RRelu)) {
                throw new TypeConversionException(
                        named.label() + " is for the last layer or for none, not for a hidden one");
            }
            return named;
        }

        private static Activation activation(String name, Map<String, String> parameters) {
            Precision.requireNonzero(parameters, DType.FLOAT32);
            return Activation.of(name, parameters);
        }
    }

    /** Reads an initializer. */
    public static final class OfInitializers extends Listing.Converter<Named<Initializer>> {
        /** For picocli. */
        public OfInitializers() {}

        @Override
        protected Named<Initializer> element(String text) {
            return named(text, (name, parameters) -> Initializer.of(name, parameters, 0));
        }
    }

    private static <T> Named<T> named(
            String text, BiFunction<String, Map<String, String>, T> registry) {
        try {
            return Named.parse(text, registry);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
