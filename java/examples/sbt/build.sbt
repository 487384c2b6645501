// Takes -Drectifier.version=..., -Drectifier.platform=linux-x86_64 or the like, and -Dmaven.repo.local=...
name := "hello"
autoScalaLibrary := false
crossPaths := false
Compile / javaSource := baseDirectory.value / "../source"
resolvers += "local" at file(sys.props("maven.repo.local")).toURI.toString
libraryDependencies ++= Seq(
  "dev.rectifier" % "rectifier" % sys.props("rectifier.version"),
  "dev.rectifier" % "rectifier" % sys.props("rectifier.version") classifier sys.props("rectifier.platform")
)
run / fork := true
run / javaOptions += "--enable-native-access=ALL-UNNAMED"
