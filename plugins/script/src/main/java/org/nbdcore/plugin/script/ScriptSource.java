package org.nbdcore.plugin.script;

import java.util.List;

/** The script or program that runs when a method is called. */
interface ScriptSource {

  /** The program and its first arguments, of which the last is the method's name. */
  List<String> command(String method);

  /** How messages name it. */
  String name();
}
