package org.nbdcore.plugin.script;

import java.util.Locale;
import java.util.Map;
import org.nbdcore.spi.NbdError;

/**
 * The standard error of a failed script: the name of an error, if it begins with one, and the rest.
 *
 * @param error null if there is none
 * @param text one line, possibly empty
 */
record ScriptError(NbdError error, String text) {

  private static final Map<String, NbdError> NAMES =
      Map.ofEntries(
          Map.entry("EPERM", NbdError.EPERM),
          Map.entry("EROFS", NbdError.EPERM),
          Map.entry("EIO", NbdError.EIO),
          Map.entry("ENOMEM", NbdError.ENOMEM),
          Map.entry("EINVAL", NbdError.EINVAL),
          Map.entry("ENOSPC", NbdError.ENOSPC),
          Map.entry("EDQUOT", NbdError.ENOSPC),
          Map.entry("EFBIG", NbdError.ENOSPC),
          // Only the server itself has an answer that would be too large.
          Map.entry("EOVERFLOW", NbdError.EINVAL),
          Map.entry("ESHUTDOWN", NbdError.ESHUTDOWN),
          Map.entry("ENOTSUP", NbdError.ENOTSUP),
          Map.entry("EOPNOTSUPP", NbdError.ENOTSUP));

  static ScriptError parse(String stderr) {
    int end = 0;
    while (end < stderr.length() && !Character.isWhitespace(stderr.charAt(end))) {
      end++;
    }
    NbdError error = NAMES.get(stderr.substring(0, end).toUpperCase(Locale.ROOT));
    String rest = error == null ? stderr : stderr.substring(end);
    return new ScriptError(error, rest.strip().replace("\n", "; "));
  }
}
