package org.nbdcore.plugin.script;

import java.util.List;

/** The script or program that runs when a method is called. */
interface ScriptSource {

  /** The program and its first arguments. The last one is the name of the method. */
  List<String> command(String method);

  /** How messages name it. */
  String name();
}
