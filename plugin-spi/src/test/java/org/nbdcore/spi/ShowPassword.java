package org.nbdcore.spi;

/** A program that reads a password as a plugin would; {@link PasswordsTest} starts it. */
public final class ShowPassword {

  private ShowPassword() {}

  /** Prints the password that {@code arguments[0]} stands for. */
  public static void main(String[] arguments) throws ConfigException {
    System.out.println("[" + Passwords.read("password", arguments[0]).reveal() + "]");
  }
}
