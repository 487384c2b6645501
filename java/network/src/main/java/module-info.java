/**
 * Dense networks, their training, what can be seen while they train, their files, and their use.
 */
module dev.rectifier.network {
    requires transitive dev.rectifier;
    requires com.fasterxml.jackson.core;

    exports dev.rectifier.network;
}
