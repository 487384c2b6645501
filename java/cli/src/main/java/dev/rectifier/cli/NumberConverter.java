package dev.rectifier.cli;

import dev.rectifier.Parameter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number as parameters of activations are read, infinities included. */
public final class NumberConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
        return number(text);
    }

    static double number(String text) {
        try {
            return Parameter.parseNumber(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a number");
        }
    }
}
