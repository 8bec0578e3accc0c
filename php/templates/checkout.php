<?php

// The smallest complete checkout: the form with leadkeep's script tag, and what happens when the order is placed.

declare(strict_types=1);

session_start();

/** The number this shop gives its order. leadkeep passes it on as the lead's ExternalReference. */
$order = $_SESSION['order'] ??= 'SHOP-' . strtoupper(bin2hex(random_bytes(5)));
$items = [['Code' => '04C26C50F8', 'Quantity' => 2, 'Name' => 'Grotesk', 'Price' => ['Amount' => 19.99, 'Type' => 'CUSTOM']]];

if (($_SERVER['REQUEST_METHOD'] ?? 'GET') === 'POST') {
    // Here your shop takes the payment and stores the order. Then it says so to leadkeep, and the mails stop, also when
    // the shopper never sees the thank-you page.
    $settings = require dirname(__DIR__) . '/leadkeep-settings.php';
    $scheme = ($_SERVER['HTTPS'] ?? '') !== '' ? 'https' : 'http';
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'timeout' => 5,
        'ignore_errors' => true,
        'header' => ['Content-Type: application/json', 'Authorization: Bearer ' . $settings['shop_token']],
        'content' => json_encode(['external_reference' => $order, 'order_reference' => $order]),
    ]]);
    // An order never waits for leadkeep: what fails here, the thank-you page and 2Checkout's notification say again.
    @file_get_contents("$scheme://{$_SERVER['HTTP_HOST']}/leadkeep.php/orders", false, $context);
    unset($_SESSION['order']);
    header('Location: thank-you.php?order=' . rawurlencode($order), true, 303);
    exit;
}

$text = fn (string $value): string => htmlspecialchars($value, ENT_QUOTES);
?>
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Checkout</title>
    <link rel="icon" href="data:," />
    <script
      async
      src="/leadkeep.js"
      data-endpoint="/leadkeep.php/lead"
      data-form="#checkout"
      data-items="#cart-items"
      data-currency="EUR"
      data-external-reference="<?= $text($order) ?>"
    ></script>
    <script type="application/json" id="cart-items"><?= json_encode($items, JSON_HEX_TAG | JSON_THROW_ON_ERROR) ?></script>
  </head>
  <body>
    <h1>Checkout</h1>
    <form id="checkout" method="post" action="checkout.php">
      <p><label>E-mail <input type="email" name="email" autocomplete="email" required /></label></p>
      <p><label>First name <input name="first_name" autocomplete="given-name" required /></label></p>
      <p><label>Last name <input name="last_name" autocomplete="family-name" required /></label></p>
      <p><label>Street <input name="street" autocomplete="address-line1" required /></label></p>
      <p><label>Postcode <input name="postcode" autocomplete="postal-code" required /></label></p>
      <p><label>City <input name="city" autocomplete="address-level2" required /></label></p>
      <p>
        <label>Country
          <select name="country" autocomplete="country">
            <option value="DE">Germany</option>
            <option value="IT">Italy</option>
            <option value="RO">Romania</option>
          </select>
        </label>
      </p>
      <p><button>Place order</button></p>
    </form>
  </body>
</html>
