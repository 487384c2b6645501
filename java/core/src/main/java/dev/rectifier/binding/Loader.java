package dev.rectifier.binding;

/**
 * What the generated {@code static { Loader.load(); }} calls. A class of the same package wins over
 * JavaCPP's {@code Loader}, which the generated file imports on demand only; and it must not be
 * JavaCPP's, because that one reflects into {@code Runtime}, which fails when this library and
 * JavaCPP are in different class loaders.
 */
final class Loader {
    private Loader() {}

    static void load() {
        NativeLibrary.load();
    }
}
