/** The functions of Rectifier in plain Java: found by it as the backend {@code java}. */
module dev.rectifier.reference {
    requires dev.rectifier;

    provides dev.rectifier.spi.Backend with
            dev.rectifier.reference.ReferenceBackend;
}
