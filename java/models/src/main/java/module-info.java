/** Dense networks from and to the files of other systems. */
@SuppressWarnings("requires-automatic")
module dev.rectifier.models {
    requires transitive dev.rectifier.network;
    requires com.fasterxml.jackson.databind;
    requires io.jhdf;
    requires org.tribuo.util.onnx;
    requires com.google.protobuf;

    exports dev.rectifier.models;
}
