package org.nbdcore.plugin.vddk;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.NbdError;

/**
 * Frequent problems with VDDK (nbdkit-vddk-plugin, "NOTES"): how they appear in VDDK's log or as an
 * error code, and what to do. Each names a section of docs/vddk.md.
 */
enum KnownIssue {
  THUMBPRINT(
      "Failed to verify SSL certificate: actual thumbprint=(\\S*) expected=(\\S*)",
      NbdError.EPERM,
      "the server's certificate has the thumbprint $1, not $2: if it is the right server, give that"
          + " as thumbprint=",
      "Thumbprints"),
  FILE_LOCK(
      "FileLockCreateEntryDirectory creation failure",
      NbdError.EPERM,
      "VDDK locks a disk with a folder beside it: make the disk's folder writable, or serve it"
          + " read-only with -r",
      "FileLockCreateEntryDirectory errors"),
  INDEPENDENT_DISK(
      "Cannot create disk spec for disk|Error occurred when obtaining the file name for",
      null,
      "this may be an independent disk, which VDDK 7 and later cannot open: use VDDK 6.7, or make"
          + " it a dependent one",
      "Independent disks"),
  LOGIN(
      "Login failure|incorrect user name or password",
      NbdError.EPERM,
      "the server refused the login: check user= and password=",
      "Login failures"),
  NO_SUCH_VM(
      "has already been deleted or has not been completely created|ManagedObjectNotFound",
      null,
      "the server knows no such virtual machine: check vm=, which differs between vCenter and ESXi",
      "Managed object references"),
  NFC_PORT(
      "NfcNewAuthdConnectionEx: Failed to connect|Failed to connect to server [^ ]*:902",
      null,
      "VDDK could not reach the ESXi host that has the disk: its name must resolve here, and its"
          + " port 902 be open (nfchostport= is another)",
      "Preflight"),
  LIBSSL(
      "libssl\\.so\\.3: cannot open shared object file",
      null,
      "VDDK 8.0.2 and later need a libssl.so.3 that RHEL 8 does not have: use VDDK 8.0.1",
      "Failure to load libssl.so.3"),
  SHARED_OBJECT(
      null, // searched without a regular expression, which would be slow for a long line
      null,
      "VDDK did not find $1: give loading=reexec, and libdir= of a VDDK that is complete",
      "Library location"),
  NFC_MEMORY(
      "NFC error 5|Failed to allocate the requested \\d+ bytes",
      NbdError.ENOMEM,
      "the server is out of memory for transfers: lower in-flight= or max-request=, or raise"
          + " maxMemory of its nfcsvc",
      "Out of memory errors"),
  NEEDS_SNAPSHOT(
      null,
      NbdError.EPERM,
      "if the virtual machine runs, make a snapshot of it and name that with snapshot=",
      "Error 13"),
  UNKNOWN_ERROR(
      null, null, "VDDK logs the reason: add -v to see it", "Error 1 when opening a disk");

  private final Pattern line;
  private final NbdError error;
  private final String remedy;
  private final String section;

  KnownIssue(String line, NbdError error, String remedy, String section) {
    this.line = line == null ? null : Pattern.compile(line);
    this.error = error;
    this.remedy = remedy;
    this.section = section;
  }

  /** A known issue and its remedy, as one line. */
  record Found(KnownIssue knownIssue, String remedy) {

    /** The error for the client: that of the issue, otherwise the error for VDDK's code. */
    NbdError errorOr(NbdError otherwise) {
      return knownIssue.error == null ? otherwise : knownIssue.error;
    }
  }

  /** The issue of a line of VDDK's log; null if it is unknown. */
  static Found in(String logLine) {
    String library = missingLibrary(logLine);
    for (KnownIssue knownIssue : values()) {
      if (knownIssue == SHARED_OBJECT && library != null) {
        return knownIssue.found(library);
      } else if (knownIssue.line != null) {
        Matcher matcher = knownIssue.line.matcher(logLine);
        if (matcher.find()) {
          return knownIssue.found(matcher);
        }
      }
    }
    return null;
  }

  /** The library that VDDK could not find, according to a line of its log; or null. */
  static String missingLibrary(String logLine) {
    int end = logLine.indexOf(": cannot open shared object file");
    int start = end;
    while (start > 0 && logLine.charAt(start - 1) != ' ' && logLine.charAt(start - 1) != ':') {
      start--;
    }
    String name = end < 0 ? "" : logLine.substring(start, end);
    return name.indexOf(".so") > 0 ? name : null;
  }

  /** The issue of an error code alone; null if it is unknown. */
  static Found of(VddkFunction function, int code, boolean remote) {
    if (remote && function == VddkFunction.OPEN && code == VixError.FILE_ACCESS) {
      return NEEDS_SNAPSHOT.found();
    } else if (function == VddkFunction.OPEN && code == VixError.FAIL) {
      return UNKNOWN_ERROR.found();
    } else if (function.movesData() && code == VixError.OUT_OF_MEMORY) {
      return NFC_MEMORY.found();
    }
    return null;
  }

  private Found found(Matcher matcher) {
    String[] groups = new String[matcher.groupCount()];
    for (int group = 1; group <= groups.length; group++) {
      groups[group - 1] = matcher.group(group);
    }
    return found(groups);
  }

  private Found found(String... groups) {
    String text = remedy;
    for (int i = 0; i < groups.length; i++) {
      text = text.replace("$" + (i + 1), groups[i]);
    }
    return new Found(this, text + " (see \"" + section + "\" in docs/vddk.md)");
  }

  /** The section of docs/vddk.md that describes the issue. */
  String section() {
    return section;
  }
}
