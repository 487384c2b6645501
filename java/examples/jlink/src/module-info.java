module hello {
    requires dev.rectifier;
}
