/** Activation functions and weight initializers as native kernels. */
module dev.rectifier {
    requires transitive org.bytedeco.javacpp;

    exports dev.rectifier;
    exports dev.rectifier.spi;

    uses dev.rectifier.spi.Backend;
    uses dev.rectifier.spi.Natives;
}
