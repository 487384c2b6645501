package dev.rectifier.cli;

import dev.rectifier.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a type that every function takes, in upper or lower case. */
final class ArithmeticType implements ITypeConverter<DType> {
    @Override
    public DType convert(String text) {
        return DType.arithmeticTypes().stream()
                .filter(type -> type.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "expected one of %s, but was '%s'"
                                                .formatted(DType.arithmeticTypes(), text)));
    }
}
