package org.nbdcore.client.cli;

import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.FileNames;

/**
 * Parses a command line: {@code --name=value}, {@code --name value}, {@code -nVALUE}, and {@code
 * --} before operands that begin with a dash. Options may come after operands.
 */
public final class Arguments {

  private final List<String> arguments;
  private final List<String> operands = new ArrayList<>();
  private int next;
  private String option;
  private String attached;

  /** Parses these arguments. */
  public Arguments(String... arguments) {
    this.arguments = List.of(arguments);
  }

  /**
   * The arguments of this process's command line, without loss of bytes that are not UTF-8; see
   * {@link FileNames#arguments}.
   */
  public static String[] typed(String[] decoded) {
    return FileNames.arguments(decoded).toArray(String[]::new);
  }

  /** Converts an operand for {@code Copy}. A file whose name is not UTF-8 becomes a URI. */
  static String place(String operand) {
    return FileNames.hasInvalidUtf8(operand) && !operand.contains("://")
        ? FileNames.absolute(operand).toUri().toString()
        : operand;
  }

  /** The next option with its dashes, without its value; null at the end. */
  public String nextOption() throws UsageException {
    if (attached != null) {
      throw new UsageException(option + " takes no value, not \"" + attached + "\"");
    }
    while (next < arguments.size()) {
      String argument = arguments.get(next++);
      if (argument.equals("--")) {
        while (next < arguments.size()) {
          operands.add(arguments.get(next++));
        }
      } else if (argument.startsWith("--")) {
        int equals = argument.indexOf('=');
        attached = equals < 0 ? null : argument.substring(equals + 1);
        option = equals < 0 ? argument : argument.substring(0, equals);
        return option;
      } else if (argument.startsWith("-") && argument.length() > 1) {
        attached = argument.length() == 2 ? null : argument.substring(2);
        option = argument.substring(0, 2);
        return option;
      } else {
        operands.add(argument);
      }
    }
    return null;
  }

  /** The value of the option that was just returned. */
  public String value() throws UsageException {
    String value = optionalValue();
    if (value == null) {
      if (next == arguments.size()) {
        throw new UsageException(option + " needs a value");
      }
      value = arguments.get(next++);
    }
    return value;
  }

  /**
   * The value of the option that was just returned if an equals sign attaches it, otherwise null.
   */
  public String optionalValue() {
    String value = attached;
    attached = null;
    return value;
  }

  /** A size with an optional suffix K, M, G or T (powers of 1024). */
  public long size(long minimum, long maximum) throws UsageException {
    String text = value();
    long unit = 1;
    int end = text.length();
    if (end > 0) {
      int index = "KMGT".indexOf(Character.toUpperCase(text.charAt(end - 1)));
      if (index >= 0) {
        unit = 1L << 10 * (index + 1);
        end--;
      }
    }
    long number;
    try {
      number = Math.multiplyExact(Long.parseLong(text.substring(0, end)), unit);
    } catch (NumberFormatException | ArithmeticException e) {
      number = -1;
    }
    if (number < minimum || number > maximum) {
      throw new UsageException(
          option + " must be between " + minimum + " and " + maximum + ", not " + text);
    }
    return number;
  }

  /** The exception for an option that the command does not have. */
  public UsageException unknown(String command) {
    return new UsageException("unknown option " + option + " (" + command + " --help lists them)");
  }

  /** Arguments that are not options; complete once {@link #nextOption} has returned null. */
  public List<String> operands() {
    return operands;
  }
}
