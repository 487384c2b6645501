/** Dense networks, their training, and what can be seen while they train. */
module dev.rectifier.network {
    requires transitive dev.rectifier;

    exports dev.rectifier.network;
}
