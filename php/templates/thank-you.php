<?php

// The page after the order. data-complete ends the lead from the browser as well: once is enough, twice does no harm.

declare(strict_types=1);

$order = is_string($_GET['order'] ?? null) ? $_GET['order'] : '';
$text = fn (string $value): string => htmlspecialchars($value, ENT_QUOTES);
?>
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Thank you</title>
    <link rel="icon" href="data:," />
    <script async src="/leadkeep.js" data-endpoint="/leadkeep.php/lead" data-complete="<?= $text($order) ?>"></script>
  </head>
  <body>
    <h1>Thank you</h1>
    <p>Your order has the number <b id="order"><?= $text($order) ?></b>.</p>
  </body>
</html>
