/** The files that Rectifier's programs read and write. */
@SuppressWarnings("requires-automatic")
module dev.rectifier.data {
    requires org.apache.commons.compress;
    requires org.apache.commons.csv;

    exports dev.rectifier.data;
}
