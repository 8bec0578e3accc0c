<?php

declare(strict_types=1);

// Lies beside the web root, never inside it. Every setting there is: README.md.

return [
    // Control Panel, Integrations > Webhooks & API.
    'merchant_code' => '123456',
    'secret_key' => 'the secret key of your account',

    // A file outside the web root, or MySQL/MariaDB: 'mysql:host=localhost;dbname=shop;charset=utf8mb4' and the two below.
    'store' => 'sqlite:' . __DIR__ . '/leadkeep.sqlite',
    'store_user' => '',
    'store_password' => '',

    // What your own pages send with an order: make one with `php -r 'echo bin2hex(random_bytes(24));'`.
    'shop_token' => '',
];
