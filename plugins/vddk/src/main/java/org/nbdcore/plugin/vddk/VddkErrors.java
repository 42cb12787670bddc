package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Explains failed calls: VDDK's text, the NBD error, and the remedy of a known issue. */
final class VddkErrors {

  private final VddkLog log;
  private final CallStats stats;

  VddkErrors(VddkLog log, CallStats stats) {
    this.log = log;
    this.stats = stats;
  }

  /** Throws the exception for a failed call. */
  void check(VddkFunction function, long result) throws NbdException {
    if (result != VixError.OK) {
      throw failure(function, result, KnownIssue.of(function, VixError.code(result), false));
    }
  }

  /**
   * Like {@link #check}, for a call whose reason may be in the log. Clear the log before the call.
   */
  void checkByLog(VddkFunction function, long result, boolean remote) throws NbdException {
    if (result != VixError.OK) {
      KnownIssue.Found logged = log.knownIssue();
      throw failure(
          function,
          result,
          logged == null ? KnownIssue.of(function, VixError.code(result), remote) : logged);
    }
  }

  private NbdException failure(VddkFunction function, long result, KnownIssue.Found knownIssue) {
    stats.failed(function);
    int code = VixError.code(result);
    String text = function.symbol() + ": " + errorText(result) + " (error " + code + ")";
    NbdError error = VixError.nbd(code);
    return knownIssue == null
        ? new NbdException(error, text)
        : new NbdException(knownIssue.errorOr(error), text + "; " + knownIssue.remedy());
  }

  private String errorText(long error) {
    long begin = stats.begin(VddkFunction.GET_ERROR_TEXT);
    Pointer text = VddkApi.VixDiskLib_GetErrorText(error, null);
    stats.count(VddkFunction.GET_ERROR_TEXT, begin);
    if (text == null) {
      return "unknown error";
    }
    String copy = text.getString(0, "UTF-8");
    VddkApi.VixDiskLib_FreeErrorText(text);
    return copy;
  }

  /** Names the step in which ConnectEx failed; {@link Preflight} took the steps before. */
  NbdException connecting(Optional<RemoteLogin> login, NbdException failure) {
    return naming(login.map(this::loginStep), failure);
  }

  private String loginStep(RemoteLogin login) {
    KnownIssue.Found found = log.knownIssue();
    return found != null && found.knownIssue() == KnownIssue.NO_SUCH_VM
        ? "VM: cannot use vm=" + login.vm()
        : "login: cannot log in to " + login.server() + " as " + login.user();
  }

  /** Names the disk that could not be opened, if it is a remote one. */
  static NbdException opening(String path, Optional<RemoteLogin> login, NbdException failure) {
    return naming(login.map(remote -> "disk: cannot open '" + path + "'"), failure);
  }

  private static NbdException naming(Optional<String> step, NbdException failure) {
    return step.isEmpty()
        ? failure
        : new NbdException(failure.error(), step.get() + ": " + failure.getMessage(), failure);
  }
}
