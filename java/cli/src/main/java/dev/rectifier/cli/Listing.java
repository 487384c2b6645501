package dev.rectifier.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What an option has that takes several values, separated by commas. It is given once, as any other
 * option, which picocli's own lists needn't be.
 *
 * @param values at least one
 * @param <T> what they are
 */
public record Listing<T>(List<T> values) {
    public Listing {
        values = List.copyOf(values);
    }

    /**
     * Reads one.
     *
     * @param <T> what the values are
     */
    public abstract static class Converter<T> implements ITypeConverter<Listing<T>> {
        /** For those that know how to read a value. */
        protected Converter() {}

        @Override
        public final Listing<T> convert(String text) {
            return new Listing<>(
                    Arrays.stream(text.split(",", -1))
                            .map(element -> checked(element, text))
                            .toList());
        }

        private T checked(String element, String text) {
            if (element.isBlank()) {
                throw new TypeConversionException(
                        text.isBlank() ? "is empty" : "an element of '" + text + "' is empty");
            }
            return element(element.strip());
        }

        /**
         * Reads a value.
         *
         * @param text isn't blank
         * @throws TypeConversionException if it is none
         */
        protected abstract T element(String text);
    }

    /** Reads whole numbers. */
    static final class OfLongs extends Converter<Long> {
        @Override
        protected Long element(String text) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a whole number");
            }
        }
    }

    /** Reads numbers. */
    public static final class OfDoubles extends Converter<Double> {
        /** For picocli. */
        public OfDoubles() {}

        @Override
        protected Double element(String text) {
            return NumberConverter.number(text);
        }
    }

    /** Reads texts. */
    static final class OfTexts extends Converter<String> {
        @Override
        protected String element(String text) {
            return text;
        }
    }
}
