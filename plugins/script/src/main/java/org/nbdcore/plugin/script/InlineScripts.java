package org.nbdcore.plugin.script;

import java.util.List;
import java.util.Map;

/** Shell scripts by the methods that they implement, for {@code eval}. */
final class InlineScripts implements ScriptSource {

  /** Capabilities that a script need not declare if it has the method. */
  private static final Map<String, String> IMPLIED =
      Map.of(
          "can_write", "pwrite",
          "can_flush", "flush",
          "can_trim", "trim",
          "can_zero", "zero",
          "can_extents", "extents",
          "can_cache", "cache");

  /** The key of the piece for all methods without one. */
  static final String MISSING = "missing";

  private final Map<String, String> pieces;

  InlineScripts(Map<String, String> pieces) {
    this.pieces = Map.copyOf(pieces);
  }

  private String piece(String method) {
    String piece = pieces.get(method);
    if (piece != null) {
      return piece;
    }
    String behind = IMPLIED.get(method);
    if (behind != null && pieces.containsKey(behind)) {
      return method.equals("can_cache") ? "echo native" : "exit 0";
    }
    return pieces.getOrDefault(MISSING, "exit 2");
  }

  @Override
  public List<String> command(String method) {
    // $1 is the method; $0 is the name of the shell in its messages.
    return List.of("/bin/sh", "-c", piece(method), method, method);
  }

  @Override
  public String name() {
    return "eval";
  }
}
